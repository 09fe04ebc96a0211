// What the functions of the live path bring along beyond the clients that they speak to AWS with.
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { bundle } from '../../infra/bundle.mjs';

const WATCHERS = ['functions/watch-assumptions.ts', 'functions/watch-denials.ts'];
/** An index of a package holds nothing of its own. */
const IS_OF_SDK = /node_modules\/@(aws-sdk|smithy|aws)\/.*(?<!\/index)[.]m?js$/;

it.each(WATCHERS)('%s is at most 1.3 times as large as its clients alone', async (file) => {
  const [ours, bare] = await Promise.all([bundle(file), bundle('bench/bare-handler.ts')]);
  expect(ours.zip.length / bare.zip.length).toBeLessThanOrEqual(1.3);
});

it.each(WATCHERS)('%s is measured beside the same modules of the SDK', async (file) => {
  const [ours, bare] = await Promise.all([sdkModulesOf(file), sdkModulesOf('bench/bare-handler.ts')]);
  expect(ours).toEqual(bare);
  expect(ours.length).toBeGreaterThan(100);
});

it.each(WATCHERS)('%s has none of what people are told of a cause', async (file) => {
  const inputs = await inputsOf(file);
  expect(inputs.filter((path) => path.startsWith('src/diagnosis/causes/')).length).toBeGreaterThan(5);
  expect(inputs.filter((path) => path.endsWith('-texts.ts'))).toEqual([]);
});

async function sdkModulesOf(file: string): Promise<string[]> {
  return (await inputsOf(file)).filter((path) => IS_OF_SDK.test(path));
}

/** The modules of which something is left in the bundle, as infra/bundle.mjs makes it. */
async function inputsOf(file: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output?.inputs ?? {})
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path)
    .sort();
}
