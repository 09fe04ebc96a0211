// Owns what an SDK leaves in a record: its default role session names (one per SDK, some constant) and its user agent.

import type { RandomSource } from './random-source.ts';

export interface SdkProfile {
  readonly id: string;
  /** The default session name of AssumeRoleWithWebIdentity at `now`. */
  readonly webIdentityName: (random: RandomSource, now: number) => string;
  /** The default session name of a plain AssumeRole at `now`. */
  readonly assumeRoleName: (random: RandomSource, now: number) => string;
  readonly userAgents: readonly string[];
  /** Opens a new session for every client instead of caching one: many issuances for one pod. */
  readonly cachesNothing?: true;
}

const millis = (now: number, random: RandomSource) =>
  String(Math.floor(now / 1000) * 1000 + random.below(1000));
const nanos = (now: number, random: RandomSource) =>
  `${Math.floor(now / 1000)}${String(random.below(1e9)).padStart(9, '0')}`;
const seconds = (now: number) => String(Math.floor(now / 1000));

export const SDK_PROFILES = [
  {
    id: 'botocore',
    webIdentityName: (_, now) => `botocore-session-${seconds(now)}`,
    assumeRoleName: (_, now) => `botocore-session-${seconds(now)}`,
    userAgents: [
      'Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#5.10.209-198.858.amzn2.x86_64 md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.51',
      'aws-cli/2.15.30 Python/3.11.8 Linux/6.1.79-99.164.amzn2023.x86_64 exe/x86_64.amzn.2023 prompt/off command/s3.cp',
    ],
  },
  {
    id: 'go-v1',
    webIdentityName: (random, now) => nanos(now, random),
    assumeRoleName: (random, now) => nanos(now, random),
    userAgents: ['aws-sdk-go/1.45.1 (go1.21.4; linux; amd64)', 'aws-sdk-go/1.50.9 (go1.22.1; linux; arm64)'],
    cachesNothing: true,
  },
  {
    id: 'go-v2',
    webIdentityName: (random, now) => nanos(now, random),
    assumeRoleName: (random, now) => `aws-go-sdk-${nanos(now, random)}`,
    userAgents: [
      'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/s3#1.58.2',
      'm/E aws-sdk-go-v2/1.36.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#arm64 api/sts#1.33.13',
    ],
  },
  {
    id: 'java',
    webIdentityName: (random, now) => `aws-sdk-java-${millis(now, random)}`,
    assumeRoleName: (random, now) => `aws-sdk-java-${millis(now, random)}`,
    userAgents: [
      'aws-sdk-java/2.20.74 Linux/5.10.209-198.858.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/17.0.10+7 Java/17.0.10 kotlin vendor/Eclipse_Adoptium io/sync http/Apache cfg/retry-mode/legacy',
      'aws-sdk-java/1.12.661 Linux/5.10.205-195.807.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/11.0.22+7 java/11.0.22 vendor/Amazon.com_Inc. cfg/retry-mode/standard',
    ],
  },
  {
    id: 'js-v2',
    webIdentityName: () => 'token-file-web-identity',
    assumeRoleName: () => 'temporary-credentials',
    userAgents: ['aws-sdk-nodejs/2.1563.0 linux/v18.19.1 exec-env/AWS_EKS promise'],
  },
  {
    id: 'js-v3',
    webIdentityName: (random, now) => `aws-sdk-js-session-${millis(now, random)}`,
    assumeRoleName: (random, now) => `aws-sdk-js-${millis(now, random)}`,
    userAgents: [
      'aws-sdk-js/3.620.0 ua/2.0 os/linux#6.1.97-104.177.amzn2023.x86_64 lang/js md/nodejs#20.15.1 api/dynamodb#3.620.0',
    ],
  },
  {
    id: 'dotnet',
    webIdentityName: (random) => random.uuid(),
    assumeRoleName: (random) => random.uuid(),
    userAgents: [
      'aws-sdk-dotnet-coreclr/3.7.305.28 ua/2.0 os/linux#5.10.205 lang/.NET_Core#8.0.2 md/aws-sdk-dotnet-core#3.7.303.19 api/SQS#3.7.300.54 cfg/retry-mode#legacy md/ClientAsync cfg/init-coll#0',
    ],
  },
  {
    id: 'rust',
    webIdentityName: (random, now) => `web-identity-token-${millis(now, random)}`,
    assumeRoleName: (random, now) => `assume-role-provider-${millis(now, random)}`,
    userAgents: ['aws-sdk-rust/1.3.3 ua/2.1 api/kinesis/1.37.0 os/linux lang/rust/1.79.0 m/E'],
  },
  {
    id: 'ruby',
    webIdentityName: (random) => random.alphanumeric(48),
    assumeRoleName: (random) => random.alphanumeric(32),
    userAgents: [
      'aws-sdk-ruby3/3.191.3 ua/2.0 api/sqs#1.70.0 os/linux#5.10.205 md/x86_64 lang/ruby#3.2.3 md/3.2.3',
    ],
  },
  {
    id: 'fluent-bit',
    webIdentityName: (random) => random.alphanumeric(32),
    assumeRoleName: (random) => random.alphanumeric(32),
    userAgents: ['aws-fluent-bit-plugin'],
  },
] as const satisfies readonly SdkProfile[];

export type SdkId = (typeof SDK_PROFILES)[number]['id'] | 'external-secrets' | 'secrets-store-csi';

/** The Secrets Store CSI driver's provider acts as the mounting pod's ServiceAccount; only its user agent says so. */
const SECRETS_STORE_CSI: SdkProfile = {
  id: 'secrets-store-csi',
  webIdentityName: (random, now) => nanos(now, random),
  assumeRoleName: (random, now) => `aws-go-sdk-${nanos(now, random)}`,
  userAgents: [
    'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/sts#1.30.3 app/secrets-store-csi-driver-provider-aws-0.3.9',
  ],
};

/** External Secrets names every session alike, whichever ServiceAccount it acts as. */
const EXTERNAL_SECRETS: SdkProfile = {
  id: 'external-secrets',
  webIdentityName: () => 'external-secrets-provider-aws',
  assumeRoleName: () => 'external-secrets-provider-aws',
  userAgents: ['aws-sdk-go/1.49.13 (go1.21.7; linux; amd64) external-secrets'],
};

export function sdkProfile(id: SdkId): SdkProfile {
  if (id === 'external-secrets') return EXTERNAL_SECRETS;
  if (id === 'secrets-store-csi') return SECRETS_STORE_CSI;
  const profile = SDK_PROFILES.find((candidate) => candidate.id === id);
  if (!profile) throw new RangeError(`no SDK profile ${id}`);
  return profile;
}
