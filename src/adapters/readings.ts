// Reads several things of which any may fail: notes what could not be read, and goes on.
import type { Unread } from '../diagnosis/facts.ts';
import { whyUnread } from './aws-sdk.ts';

const WITHIN_MS = 20_000;

export class Readings {
  readonly unread: Unread[] = [];

  /**
   * What `read` gives; null where it fails by an error that `isAbsent` knows for "there is none"; undefined where it fails
   * otherwise or takes too long, which is noted.
   */
  async of<T>(
    what: string,
    read: () => Promise<T>,
    isAbsent: (error: unknown) => boolean = () => false,
  ): Promise<T | null | undefined> {
    try {
      return await within(read());
    } catch (error) {
      if (isAbsent(error)) return null;
      this.unread.push({ what, why: whyUnread(error) });
      return undefined;
    }
  }

  note(what: string, why: string): undefined {
    this.unread.push({ what, why });
    return undefined;
  }
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${WITHIN_MS / 1_000} seconds`)), WITHIN_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
