// What holds for every client of the AWS SDK, to be done before the first is loaded.

/** Keeps the SDK from saying on stderr that newer ones need a newer Node, which a user of pinned versions cannot act upon. */
export function hushNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
