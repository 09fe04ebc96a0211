// Reads addresses and CIDR ranges into the ranges that SQL compares addresses with, as texts.
import ipaddr from 'ipaddr.js';
import { ParameterError } from './errors.ts';

/**
 * `10.0.0.0/8, 2001:db8::/32` as `4010000000000-4010255255255,620010db8…-620010db8…`: the first and last address of each range,
 * written so that texts are in the order of addresses, as queries/questions/off-network-use.sql writes them too. Throws
 * ParameterError.
 */
export function networkRanges(name: string, text: string): string {
  return text
    .split(',')
    .map((one) => rangeOf(name, one.trim()))
    .join(',');
}

function rangeOf(name: string, network: string): string {
  const [address = '', length, ...rest] = network.split('/');
  const isKnown =
    ipaddr.IPv4.isValidFourPartDecimal(address) || (ipaddr.IPv6.isValid(address) && !address.includes('%'));
  if (isKnown && ipaddr.IPv6.isValid(address) && ipaddr.IPv6.parse(address).isIPv4MappedAddress())
    throw new ParameterError(`"${name}": write "${network}" as an IPv4 address or range`);
  const bytes = isKnown ? ipaddr.parse(address).toByteArray() : [];
  const bits = 8 * bytes.length;
  const kept = length === undefined ? bits : Number(length);
  if (!isKnown || rest.length > 0 || !/^\d{1,3}$/.test(length ?? '0') || kept > bits)
    throw new ParameterError(
      `"${name}": "${network}" is neither an address nor a CIDR range, such as 10.0.0.0/8 or 2001:db8::/32`,
    );
  const mask = bytes.map((_, place) => (0xff00 >> Math.min(8, Math.max(0, kept - 8 * place))) & 0xff);
  const first = bytes.map((byte, place) => byte & (mask[place] ?? 0));
  const last = bytes.map((byte, place) => byte | (~(mask[place] ?? 0) & 0xff));
  return `${keyOf(first)}-${keyOf(last)}`;
}

function keyOf(bytes: readonly number[]): string {
  if (bytes.length === 4) return `4${bytes.map((byte) => String(byte).padStart(3, '0')).join('')}`;
  return `6${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
