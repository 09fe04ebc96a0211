// Publishes what is told once, however often and by whomever it is found.
import type { Findings, Handled } from '../ports.ts';
import type { Finding } from './finding.ts';

/** Whoever else has begun `telling` publishes it, or leaves what it was found in to be handled again. */
export async function publishOnce(
  finding: Finding,
  { handled, findings }: { handled: Handled; findings: Findings },
  telling: string = finding.id,
): Promise<void> {
  const id = `finding ${telling}`;
  if ((await handled.begin(id)) !== 'begun') return;
  try {
    await findings.publish(finding);
    await handled.end(id);
  } catch (error) {
    await handled.giveUp(id).catch(() => {});
    throw error;
  }
}
