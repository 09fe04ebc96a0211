// Reads addresses and CIDR ranges, as a person writes them, into the ranges that SQL compares addresses with as texts.
import { isIP } from 'node:net';
import { ParameterError } from './errors.ts';

/**
 * `10.0.0.0/8, 2001:db8::1` as `4010000000000-4010255255255,6…-6…`: the first and last address of each range, written so that
 * texts are in the order of addresses, as queries/questions/off-network-use.sql writes them too. Throws ParameterError.
 */
export function networkRanges(name: string, text: string): string {
  return text
    .split(',')
    .map((one) => rangeOf(name, one.trim()))
    .join(',');
}

function rangeOf(name: string, network: string): string {
  const [address = '', length, ...rest] = network.split('/');
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const kept = length === undefined ? bits : Number(length);
  if (
    version === 0 ||
    address.includes('%') ||
    rest.length > 0 ||
    !/^\d{1,3}$/.test(length ?? '0') ||
    kept > bits
  )
    throw new ParameterError(
      `"${name}": "${network}" is no address and no CIDR range, such as 10.0.0.0/8 or 2001:db8::/32`,
    );
  const free = BigInt(bits - kept);
  const first = (numberOf(address, version) >> free) << free;
  const last = first | ((1n << free) - 1n);
  return `${keyOf(first, version)}-${keyOf(last, version)}`;
}

function numberOf(address: string, version: number): bigint {
  if (version === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  // An IPv4 address may be the end of one of IPv6.
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = '', tail] = plain.split('::');
  const groups = (side: string) => (side === '' ? [] : side.split(':'));
  const ends = groups(tail ?? '');
  const begins = groups(head);
  const zeros = tail === undefined ? [] : Array<string>(8 - begins.length - ends.length).fill('0');
  return [...begins, ...zeros, ...ends].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function keyOf(number: bigint, version: number): string {
  if (version === 6) return `6${number.toString(16).padStart(32, '0')}`;
  const parts = [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n).padStart(3, '0'));
  return `4${parts.join('')}`;
}
