// Publishes what is told once, however often and by whomever it is found.
import type { Findings, Handled } from '../ports.ts';
import type { Finding } from './finding.ts';

/**
 * Whether it is published, now or before. If not, another one has begun `telling`, and may have died of it: it is to be tried
 * again.
 */
export async function publishOnce(
  finding: Finding,
  { handled, findings }: { handled: Handled; findings: Findings },
  telling: string = finding.id,
): Promise<boolean> {
  const id = `finding ${telling}`;
  const state = await handled.begin(id);
  if (state !== 'begun') return state === 'done';
  try {
    await findings.publish(finding);
    await handled.end(id);
    return true;
  } catch (error) {
    await handled.giveUp(id).catch(() => {});
    throw error;
  }
}
