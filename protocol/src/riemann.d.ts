import * as $protobuf from "protobufjs";
import Long = require("long");

/**
 * Properties of a Msg.
 * @deprecated Use Msg.$Properties instead.
 */
export interface IMsg extends Msg.$Properties {
}

/** Represents a Msg. */
export class Msg {

    /**
     * Constructs a new Msg.
     * @param [properties] Properties to set
     */
    constructor(properties?: Msg.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Msg ok. */
    ok: (boolean|null);

    /** Msg error. */
    error: (string|null);

    /** Msg states. */
    states: State[];

    /** Msg query. */
    query: (Query|null);

    /** Msg events. */
    events: Event[];

    /**
     * Encodes the specified Msg message. Does not implicitly {@link Msg.verify|verify} messages.
     * @param message Msg message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Msg.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Msg message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Msg & Msg.$Shape} Msg
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Msg & Msg.$Shape;
}

export namespace Msg {

    /** Properties of a Msg. */
    interface $Properties {

        /** Msg ok */
        ok?: (boolean|null);

        /** Msg error */
        error?: (string|null);

        /** Msg states */
        states?: State.$Properties[];

        /** Msg query */
        query?: (Query.$Properties|null);

        /** Msg events */
        events?: Event.$Properties[];

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Msg. */
    type $Shape = Msg.$Properties;
}

/**
 * Properties of a Query.
 * @deprecated Use Query.$Properties instead.
 */
export interface IQuery extends Query.$Properties {
}

/** Represents a Query. */
export class Query {

    /**
     * Constructs a new Query.
     * @param [properties] Properties to set
     */
    constructor(properties?: Query.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Query string. */
    string: (string|null);

    /**
     * Encodes the specified Query message. Does not implicitly {@link Query.verify|verify} messages.
     * @param message Query message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Query.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Query message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Query & Query.$Shape} Query
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Query & Query.$Shape;
}

export namespace Query {

    /** Properties of a Query. */
    interface $Properties {

        /** Query string */
        string?: (string|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Query. */
    type $Shape = Query.$Properties;
}

/**
 * Properties of an Event.
 * @deprecated Use Event.$Properties instead.
 */
export interface IEvent extends Event.$Properties {
}

/** Represents an Event. */
export class Event {

    /**
     * Constructs a new Event.
     * @param [properties] Properties to set
     */
    constructor(properties?: Event.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Event time. */
    time: (number|Long|null);

    /** Event state. */
    state: (string|null);

    /** Event service. */
    service: (string|null);

    /** Event host. */
    host: (string|null);

    /** Event description. */
    description: (string|null);

    /** Event tags. */
    tags: string[];

    /** Event ttl. */
    ttl: (number|null);

    /** Event attributes. */
    attributes: Attribute[];

    /** Event timeMicros. */
    timeMicros: (number|Long|null);

    /** Event metricSint64. */
    metricSint64: (number|Long|null);

    /** Event metricD. */
    metricD: (number|null);

    /** Event metricF. */
    metricF: (number|null);

    /**
     * Encodes the specified Event message. Does not implicitly {@link Event.verify|verify} messages.
     * @param message Event message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Event.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes an Event message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Event & Event.$Shape} Event
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Event & Event.$Shape;
}

export namespace Event {

    /** Properties of an Event. */
    interface $Properties {

        /** Event time */
        time?: (number|Long|null);

        /** Event state */
        state?: (string|null);

        /** Event service */
        service?: (string|null);

        /** Event host */
        host?: (string|null);

        /** Event description */
        description?: (string|null);

        /** Event tags */
        tags?: string[];

        /** Event ttl */
        ttl?: (number|null);

        /** Event attributes */
        attributes?: Attribute.$Properties[];

        /** Event timeMicros */
        timeMicros?: (number|Long|null);

        /** Event metricSint64 */
        metricSint64?: (number|Long|null);

        /** Event metricD */
        metricD?: (number|null);

        /** Event metricF */
        metricF?: (number|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of an Event. */
    type $Shape = Event.$Properties;
}

/**
 * Properties of an Attribute.
 * @deprecated Use Attribute.$Properties instead.
 */
export interface IAttribute extends Attribute.$Properties {
}

/** Represents an Attribute. */
export class Attribute {

    /**
     * Constructs a new Attribute.
     * @param [properties] Properties to set
     */
    constructor(properties?: Attribute.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Attribute key. */
    key: string;

    /** Attribute value. */
    value: (string|null);

    /**
     * Encodes the specified Attribute message. Does not implicitly {@link Attribute.verify|verify} messages.
     * @param message Attribute message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Attribute.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes an Attribute message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Attribute & Attribute.$Shape} Attribute
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Attribute & Attribute.$Shape;
}

export namespace Attribute {

    /** Properties of an Attribute. */
    interface $Properties {

        /** Attribute key */
        key: string;

        /** Attribute value */
        value?: (string|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of an Attribute. */
    type $Shape = Attribute.$Properties;
}

/**
 * Properties of a State.
 * @deprecated Use State.$Properties instead.
 */
export interface IState extends State.$Properties {
}

/** Represents a State. */
export class State {

    /**
     * Constructs a new State.
     * @param [properties] Properties to set
     */
    constructor(properties?: State.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** State time. */
    time: (number|Long|null);

    /** State state. */
    state: (string|null);

    /** State service. */
    service: (string|null);

    /** State host. */
    host: (string|null);

    /** State description. */
    description: (string|null);

    /** State once. */
    once: (boolean|null);

    /** State tags. */
    tags: string[];

    /** State ttl. */
    ttl: (number|null);

    /**
     * Encodes the specified State message. Does not implicitly {@link State.verify|verify} messages.
     * @param message State message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: State.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a State message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {State & State.$Shape} State
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): State & State.$Shape;
}

export namespace State {

    /** Properties of a State. */
    interface $Properties {

        /** State time */
        time?: (number|Long|null);

        /** State state */
        state?: (string|null);

        /** State service */
        service?: (string|null);

        /** State host */
        host?: (string|null);

        /** State description */
        description?: (string|null);

        /** State once */
        once?: (boolean|null);

        /** State tags */
        tags?: string[];

        /** State ttl */
        ttl?: (number|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a State. */
    type $Shape = State.$Properties;
}
