// Suggestions: near names are found, far ones are not.
import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/catalogue/nearest.ts';

const names = ['resource', 'since', 'until', 'limit'];

describe('the nearest name', () => {
  it.each([
    ['resorce', 'resource'],
    ['reosurce', 'resource'],
    ['Since', 'since'],
    ['sicne', 'since'],
    ['untill', 'until'],
    ['limt', 'limit'],
    ['limit', 'limit'],
  ])('to %j is %j', (name, meant) => {
    expect(nearest(name, names)).toBe(meant);
  });

  it.each(['', 'x', 'namespace', 'resource'.repeat(100)])('to %j is none', (name) => {
    expect(nearest(name, names)).toBeNull();
  });

  it('is the first of equals, and none of no names', () => {
    expect(nearest('ab', ['ac', 'ad'])).toBe('ac');
    expect(nearest('ab', [])).toBeNull();
  });
});
