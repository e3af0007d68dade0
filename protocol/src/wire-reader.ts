import protobuf from 'protobufjs/minimal.js'

/** How deep groups may be nested within unknown fields: Java's default. */
const MAX_DEPTH = 100

/** protobufjs's reader, as lenient and as strict as the Java reader that Riemann uses; the generated code reads with it. */
export class WireReader extends protobuf.Reader {
  /** A varint of up to ten bytes of which the lower 32 bits count, however it is padded. */
  override tag(): number {
    return this.uint32()
  }

  override size(): number {
    const size = this.uint32()
    if (size > 0x7fffffff) throw new RangeError('negative length')
    return size
  }

  /** Skips bytes or, without a length, a varint: of ten bytes at most, where protobufjs would go on to any length. */
  override skip(length?: number): this {
    if (length === undefined) this.bool()
    else super.skip(length)
    return this
  }

  override skipType(wireType: number, depth = 0, fieldNumber?: number): this {
    if (wireType === 3 && depth >= MAX_DEPTH) throw new Error('groups nested too deep')
    super.skipType(wireType, depth, fieldNumber)
    return this
  }
}
