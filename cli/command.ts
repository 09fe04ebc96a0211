// The type of a command: a function that adds it to the program.
import type { Command } from 'commander';
import type { Io } from './io.ts';

/** `finish` takes the exit code of what the command did. */
export type CommandDefinition = (program: Command, io: Io, finish: (code: number) => void) => void;
