// A Trino of Athena's engine generation for the tests: fetched with Maven once, started on a free port of this machine alone.
// It has the catalogs `hive` and `iceberg` over a folder of its own, which it knows as `local:///`.
import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Trino } from '../../src/adapters/trino/trino.ts';
import { allRows } from '../../src/adapters/warehouse/warehouse.ts';

/** The newest version that Maven Central serves whole in parts; Athena's engine 3 follows Trino and is older. */
const VERSION = '476';
const CONNECTORS = ['hive', 'iceberg'];
const OLDEST_JAVA = 24;
const CACHE = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'podtrail',
  `trino-${VERSION}-${CONNECTORS.join('-')}`,
);
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
const STARTS_WITHIN_MS = 180_000;

const run = promisify(execFile);

export interface TrinoServer {
  url: string;
  /** The folder that Trino knows as `local:///`. */
  warehouse: string;
  stop(): Promise<void>;
}

/**
 * Starts the server, with so much memory; where it `isLasting`, it compiles what it runs often as well as it can. Throws with what
 * is missing (a JDK, Maven), or with the end of its log.
 */
export async function startTrino(heapMiB = 2_048, isLasting = false): Promise<TrinoServer> {
  const java = findJava();
  await install(java);
  const folder = await mkdtemp(join(tmpdir(), 'trino-'));
  const port = await freePort();
  await configure(folder, port, heapMiB, isLasting);
  const log = join(folder, 'server.log');
  const descriptor = openSync(log, 'w');
  const child = spawn(join(java, 'bin', 'java'), options(folder, heapMiB, isLasting), {
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(kill, 30_000);
    await ended;
    clearTimeout(late);
    process.off('exit', kill);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const trino = new Trino({ server: url, user: 'podtrail' });
  const begun = Date.now();
  while (!(await isReady(trino))) {
    if (child.exitCode === null && Date.now() - begun < STARTS_WITHIN_MS) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    const said = (await readFile(log, 'utf8')).slice(-2_000);
    await stop();
    throw new Error(`Trino did not start:\n${said}`);
  }
  return { url, warehouse: join(folder, 'warehouse'), stop };
}

/** `select 1` answers before tables can be scanned, so ready is when one is. */
async function isReady(trino: Trino): Promise<boolean> {
  try {
    await trino.run('create schema if not exists hive.ready');
    await trino.run('create table if not exists hive.ready.one as select 1 as n');
    return (await allRows(trino, 'select n from hive.ready.one')).length === 1;
  } catch {
    return false;
  }
}

/** The newest JDK among JAVA_HOME and what lies beside the `java` on the path. */
function findJava(): string {
  const homes = new Set<string>();
  if (process.env.JAVA_HOME !== undefined) homes.add(process.env.JAVA_HOME);
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, 'java');
    if (!existsSync(program)) continue;
    const home = dirname(dirname(realpathSync(program)));
    for (const name of namesIn(dirname(home))) homes.add(join(dirname(home), name));
  }
  const found = [...homes]
    .map((home) => ({ home, version: javaVersion(home) }))
    .sort((a, b) => b.version - a.version)[0];
  if (found !== undefined && found.version >= OLDEST_JAVA) return found.home;
  throw new Error(`Trino ${VERSION} needs a JDK of version ${OLDEST_JAVA} or newer: set JAVA_HOME to one`);
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function javaVersion(home: string): number {
  const release = join(home, 'release');
  if (!existsSync(release) || !existsSync(join(home, 'bin', 'jar'))) return 0;
  return Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(release, 'utf8'))?.[1] ?? 0);
}

/** Fetches and unpacks the server and its connectors, unless an earlier run has. */
async function install(java: string): Promise<void> {
  if (existsSync(CACHE)) return;
  await mkdir(dirname(CACHE), { recursive: true });
  const folder = await mkdtemp(`${CACHE}-`);
  try {
    for (const artifact of [
      `io.trino:trino-server-core:${VERSION}:tar.gz`,
      ...CONNECTORS.map((name) => `io.trino:trino-${name}:${VERSION}:zip`),
    ]) {
      await run('mvn', ['-q', '-B', COPY, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]).catch(
        (error: Error) => {
          throw new Error(`Maven could not fetch ${artifact}: ${error.message}`);
        },
      );
    }
    const server = `trino-server-core-${VERSION}`;
    await run('tar', ['-xzf', `${server}.tar.gz`], { cwd: folder });
    await rename(join(folder, server), join(folder, 'server'));
    await mkdir(join(folder, 'plugin'));
    for (const name of CONNECTORS) {
      await run(join(java, 'bin', 'jar'), ['xf', `trino-${name}-${VERSION}.zip`], { cwd: folder });
      await rename(join(folder, `trino-${name}-${VERSION}`), join(folder, 'plugin', name));
    }
    for (const name of await readdir(folder)) if (/[.](gz|zip)$/.test(name)) await rm(join(folder, name));
    await rename(folder, CACHE);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function configure(folder: string, port: number, heapMiB: number, isLasting: boolean): Promise<void> {
  const files = {
    'etc/config.properties': [
      'coordinator=true',
      'node-scheduler.include-coordinator=true',
      `http-server.http.port=${port}`,
      'node.bind-ip=127.0.0.1',
      'node.internal-address=127.0.0.1',
      `discovery.uri=http://127.0.0.1:${port}`,
      'http-server.log.enabled=false',
      // A prepared statement goes in a header.
      'http-server.max-request-header-size=512kB',
      // Most statements of the tests take longer to be planned than to be run.
      ...(isLasting ? [] : ['task.concurrency=1', 'optimizer.join-reordering-strategy=NONE']),
      `query.max-memory=${heapMiB / 2}MB`,
      `query.max-memory-per-node=${heapMiB / 2}MB`,
      'memory.heap-headroom-per-node=300MB',
      `plugin.dir=${join(CACHE, 'plugin')}`,
      'catalog.management=static',
      `catalog.config-dir=${join(folder, 'etc', 'catalog')}`,
    ],
    'etc/log.properties': ['io.trino=WARN'],
    'etc/catalog/hive.properties': [
      'connector.name=hive',
      'hive.metastore=file',
      'hive.metastore.catalog.dir=local:///',
      'fs.native-local.enabled=true',
      `local.location=${join(folder, 'warehouse')}`,
      'hive.non-managed-table-writes-enabled=true',
      'hive.security=allow-all',
      'hive.recursive-directories=true',
      // A day without records has no folder; on S3 there are no folders to be absent.
      'hive.ignore-absent-partitions=true',
    ],
    'etc/catalog/iceberg.properties': [
      'connector.name=iceberg',
      'iceberg.catalog.type=TESTING_FILE_METASTORE',
      'hive.metastore.catalog.dir=local:///iceberg',
      'fs.native-local.enabled=true',
      `local.location=${join(folder, 'warehouse')}`,
    ],
  };
  await mkdir(join(folder, 'etc', 'catalog'), { recursive: true });
  await mkdir(join(folder, 'warehouse'));
  for (const [name, lines] of Object.entries(files)) await writeFile(join(folder, name), lines.join('\n'));
}

function options(folder: string, heapMiB: number, isLasting: boolean): string[] {
  return [
    '-server',
    `-Xmx${heapMiB}M`,
    '-Xms512M',
    ...(isLasting ? ['-XX:+UseG1GC'] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']),
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:ReservedCodeCacheSize=256M',
    '-Djdk.attach.allowAttachSelf=true',
    '-Djdk.nio.maxCachedBufferSize=2000000',
    '-Dfile.encoding=UTF-8',
    '--enable-native-access=ALL-UNNAMED',
    '--add-modules=jdk.incubator.vector',
    // Quicker starts from the second on, which a machine that is thrown away does not have.
    ...(process.env.CI === undefined
      ? ['-XX:+AutoCreateSharedArchive', `-XX:SharedArchiveFile=${join(CACHE, 'classes.jsa')}`]
      : []),
    '-Dnode.environment=test',
    '-Dnode.id=test-1',
    `-Dnode.data-dir=${join(folder, 'data')}`,
    `-Dlog.levels-file=${join(folder, 'etc', 'log.properties')}`,
    `-Dconfig=${join(folder, 'etc', 'config.properties')}`,
    '-cp',
    join(CACHE, 'server', 'lib', '*'),
    'io.trino.server.TrinoServer',
  ];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
