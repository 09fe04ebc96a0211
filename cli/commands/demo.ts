// podtrail demo: a seeded trail through the real pipeline, with answers, checked against its own truth.
import type { CommandDefinition } from '../main.ts';

export const demo: CommandDefinition = (program) => {
  program.command('demo');
};
