// Compares one value of the request with one of the policy, by kind. Null where either is not of that kind.
import { Buffer } from 'node:buffer';
import ipaddr from 'ipaddr.js';
import { parseTime } from '../../trail/times.ts';
import type { Relation } from './operators.ts';
import type { Verdict } from './verdict.ts';

export function compareNumbers(actual: string, expected: string, relation: Relation): Verdict {
  return ordered(numberOf(actual), numberOf(expected), relation);
}

export function compareDates(actual: string, expected: string, relation: Relation): Verdict {
  return ordered(dateOf(actual), dateOf(expected), relation);
}

function ordered(actual: number | null, expected: number | null, relation: Relation): Verdict {
  if (actual === null || expected === null) return null;
  switch (relation) {
    case '=':
      return actual === expected;
    case '<':
      return actual < expected;
    case '<=':
      return actual <= expected;
    case '>':
      return actual > expected;
    case '>=':
      return actual >= expected;
  }
}

/** Integers and decimals of up to 15 digits, which a double holds exactly enough to be compared. */
function numberOf(text: string): number | null {
  return /^[+-]?\d+(\.\d+)?$/.test(text) && text.replace(/\D/g, '').length <= 15 ? Number(text) : null;
}

/** No offset is beyond 14 hours. */
const isoDate =
  /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)))?$/;

/**
 * Milliseconds of a W3C date (a day, or a time with its offset) or of Unix seconds. Four digits may be a year or seconds, and
 * a month alone is nobody's moment: neither is read.
 */
function dateOf(text: string): number | null {
  if (/^\d{5,12}$/.test(text)) return Number(text) * 1000;
  const found = isoDate.exec(text);
  if (found === null) return null;
  const [, day, minutes = '00:00', seconds = ':00', zone = 'Z'] = found;
  return parseTime(`${day}T${minutes}${seconds}${zone}`);
}

export function compareBooleans(actual: string, expected: string): Verdict {
  const [left, right] = [actual.toLowerCase(), expected.toLowerCase()];
  return isBoolean(left) && isBoolean(right) ? left === right : null;
}

function isBoolean(text: string): boolean {
  return text === 'true' || text === 'false';
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Both in base 64; compared byte by byte. */
export function compareBinary(actual: string, expected: string): Verdict {
  if (!base64.test(actual) || !base64.test(expected)) return null;
  return Buffer.from(actual, 'base64').equals(Buffer.from(expected, 'base64'));
}

/** `expected` is an address or a CIDR range; an address alone is a range of one. */
export function compareAddresses(actual: string, expected: string): Verdict {
  const address = addressOf(actual);
  const [start = '', length, ...rest] = expected.split('/');
  const network = addressOf(start);
  if (address === null || network === null || rest.length > 0) return null;
  const bits = network.toByteArray().length * 8;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits)) return null;
  return address.kind() === network.kind() && address.match(network, Number(length ?? bits));
}

/** An IPv4 address inside an IPv6 one is not read: nobody documents which of both IAM takes it for. */
function addressOf(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? null : address;
}
