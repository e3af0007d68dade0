/** Every error that Weir itself raises: a stable code and the sentence a person reads, `{name}`s filled in. */
export const ERRORS = {
  WEIR_BODY_BUSY: 'too much is being posted at once; try again in a moment',
  WEIR_BODY_COMMAND:
    'the body has the lines of collectd\'s Format "Command"; set Format "JSON" in the <Node> block of write_http',
  WEIR_BODY_ENCODING:
    'the body cannot be unpacked: {problem}; send it as it is, or with Content-Encoding: gzip',
  WEIR_BODY_NOT_JSON: 'the body is not JSON: {problem}',
  WEIR_BODY_SHAPE: 'the body is {found}; expected {expected}',
  WEIR_BODY_TOO_LARGE: 'the body is above {limit}; send it in parts',
  WEIR_CLOCK_DRIVEN: 'the driven clock is refused: {problem}',
  WEIR_CONFIG_INVALID: '{file}: {problem}',
  WEIR_CONFIG_MISSING: '{file}: no such file; say where the configuration is with --config',
  WEIR_DATA_LOCKED: '{dir}: another hub is using this data directory; give each hub its own with --data',
  WEIR_DATA_UNUSABLE: 'the data directory {dir} cannot be used: {problem}',
  WEIR_DURATION_INVALID:
    "'{value}' is not a duration; write '30s', '5m', '1h', '1d' or a number of seconds, above 0",
  WEIR_HUB: 'the hub at {hub} {problem}',
  WEIR_JOURNAL_INVALID: '{file}: {problem}',
  WEIR_JOURNAL_RECORD: 'the journal refuses record {index} of a batch: {problem}',
  WEIR_JOURNAL_WRITE: '{file}: cannot be written: {problem}',
  WEIR_LISTEN_FAILED: '{what} {address}: {problem}',
  WEIR_LISTEN_OPEN: '{what} {address}: not a loopback address, and {need}; listen on 127.0.0.1 or provide it',
  WEIR_OPERATOR: 'the hub at {path}: {problem}',
  WEIR_QUERY_BUSY: 'more than {limit} queries wait to be answered; ask again in a moment',
  WEIR_QUERY_INVALID: '{problem}',
  WEIR_QUERY_RESULT: "{problem}; narrow the query, or end it with 'limit 1000'",
  WEIR_RULE_INVALID: "rule '{rule}': {problem}",
  WEIR_RULE_VOLATILE:
    "{place}rule '{rule}': {what} keeps what it holds to itself, and a restart loses it; write how much of the past the rule sees again then, such as lookback: '10m', or use operators of weir-hub, which has a map, filter and merge of its own",
  WEIR_STEP_OUTSIDE:
    "{step}: built while events flow, or on a stream that does not come from the rule; build a rule's operators when it is loaded, not in a callback, and use weir-hub's merge() in place of RxJS's own",
  WEIR_SUBSCRIPTION: 'the subscription is refused: {problem}',
  WEIR_TEST_INVALID: '{problem}',
  WEIR_TLS_FILE: "listen.tls: {what} '{file}' cannot be read: {problem}",
  WEIR_TOKENS_INVALID: '{file}: {problem}',
  WEIR_USAGE: '{problem}',
} as const

export type ErrorCode = keyof typeof ERRORS

/** An error of Weir's own table; `code` is stable, the message names the file, rule, field or peer concerned. */
export class WeirError extends Error {
  override readonly name = 'WeirError'
  readonly code: ErrorCode
  constructor(code: ErrorCode, values: Readonly<Record<string, string>>, options?: ErrorOptions) {
    super(
      ERRORS[code].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? `{${name}}`),
      options,
    )
    this.code = code
  }
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
