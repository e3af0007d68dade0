/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["weir"] || ($protobuf.roots["weir"] = {});

export const Msg = $root.Msg = (() => {

    const Msg = function (properties) {
        this.states = [];
        this.events = [];
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    Msg.prototype.ok = null;
    Msg.prototype.error = null;
    Msg.prototype.states = $util.emptyArray;
    Msg.prototype.query = null;
    Msg.prototype.events = $util.emptyArray;

    Msg.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.ok != null && $Object.hasOwnProperty.call(message, "ok"))
            writer.uint32(16).bool(message.ok);
        if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
            writer.uint32(26).string(message.error);
        if (message.states != null && message.states.length)
            for (let i = 0; i < message.states.length; ++i)
                $root.State.encode(message.states[i], writer.uint32(34).fork(), _depth + 1).ldelim();
        if (message.query != null && $Object.hasOwnProperty.call(message, "query"))
            $root.Query.encode(message.query, writer.uint32(42).fork(), _depth + 1).ldelim();
        if (message.events != null && message.events.length)
            for (let i = 0; i < message.events.length; ++i)
                $root.Event.encode(message.events[i], writer.uint32(50).fork(), _depth + 1).ldelim();
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    Msg.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.Msg();
        while (reader.pos < end) {
            let start = reader.pos;
            let tag = reader.tag();
            if (tag === _end) {
                _end = $undefined;
                break;
            }
            let wireType = tag & 7;
            switch (tag >>>= 3) {
            case 2: {
                    if (wireType !== 0)
                        break;
                    message.ok = reader.bool();
                    continue;
                }
            case 3: {
                    if (wireType !== 2)
                        break;
                    message.error = reader.string();
                    continue;
                }
            case 4: {
                    if (wireType !== 2)
                        break;
                    if (!(message.states && message.states.length))
                        message.states = [];
                    message.states.push($root.State.decode(reader, reader.size(), $undefined, _depth + 1));
                    continue;
                }
            case 5: {
                    if (wireType !== 2)
                        break;
                    message.query = $root.Query.decode(reader, reader.size(), $undefined, _depth + 1, message.query);
                    continue;
                }
            case 6: {
                    if (wireType !== 2)
                        break;
                    if (!(message.events && message.events.length))
                        message.events = [];
                    message.events.push($root.Event.decode(reader, reader.size(), $undefined, _depth + 1));
                    continue;
                }
            }
            reader.skipType(wireType, _depth, tag);
            if (!reader.discardUnknown) {
                $util.makeProp(message, "$unknowns", false);
                (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
            }
        }
        if (length !== $undefined) {
            if (reader.pos !== end)
                throw $RangeError("index out of range");
            reader.len = length;
        }
        if (_end !== $undefined)
            throw $Error("missing end group");
        return message;
    };

    return Msg;
})();

export const Query = $root.Query = (() => {

    const Query = function (properties) {
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    Query.prototype.string = null;

    Query.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.string != null && $Object.hasOwnProperty.call(message, "string"))
            writer.uint32(10).string(message.string);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    Query.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.Query();
        while (reader.pos < end) {
            let start = reader.pos;
            let tag = reader.tag();
            if (tag === _end) {
                _end = $undefined;
                break;
            }
            let wireType = tag & 7;
            switch (tag >>>= 3) {
            case 1: {
                    if (wireType !== 2)
                        break;
                    message.string = reader.string();
                    continue;
                }
            }
            reader.skipType(wireType, _depth, tag);
            if (!reader.discardUnknown) {
                $util.makeProp(message, "$unknowns", false);
                (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
            }
        }
        if (length !== $undefined) {
            if (reader.pos !== end)
                throw $RangeError("index out of range");
            reader.len = length;
        }
        if (_end !== $undefined)
            throw $Error("missing end group");
        return message;
    };

    return Query;
})();

export const Event = $root.Event = (() => {

    const Event = function (properties) {
        this.tags = [];
        this.attributes = [];
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    Event.prototype.time = null;
    Event.prototype.state = null;
    Event.prototype.service = null;
    Event.prototype.host = null;
    Event.prototype.description = null;
    Event.prototype.tags = $util.emptyArray;
    Event.prototype.ttl = null;
    Event.prototype.attributes = $util.emptyArray;
    Event.prototype.timeMicros = null;
    Event.prototype.metricSint64 = null;
    Event.prototype.metricD = null;
    Event.prototype.metricF = null;

    Event.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.time != null && $Object.hasOwnProperty.call(message, "time"))
            writer.uint32(8).int64(message.time);
        if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
            writer.uint32(18).string(message.state);
        if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
            writer.uint32(26).string(message.service);
        if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
            writer.uint32(34).string(message.host);
        if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
            writer.uint32(42).string(message.description);
        if (message.tags != null && message.tags.length)
            for (let i = 0; i < message.tags.length; ++i)
                writer.uint32(58).string(message.tags[i]);
        if (message.ttl != null && $Object.hasOwnProperty.call(message, "ttl"))
            writer.uint32(69).float(message.ttl);
        if (message.attributes != null && message.attributes.length)
            for (let i = 0; i < message.attributes.length; ++i)
                $root.Attribute.encode(message.attributes[i], writer.uint32(74).fork(), _depth + 1).ldelim();
        if (message.timeMicros != null && $Object.hasOwnProperty.call(message, "timeMicros"))
            writer.uint32(80).int64(message.timeMicros);
        if (message.metricSint64 != null && $Object.hasOwnProperty.call(message, "metricSint64"))
            writer.uint32(104).sint64(message.metricSint64);
        if (message.metricD != null && $Object.hasOwnProperty.call(message, "metricD"))
            writer.uint32(113).double(message.metricD);
        if (message.metricF != null && $Object.hasOwnProperty.call(message, "metricF"))
            writer.uint32(125).float(message.metricF);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    Event.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.Event();
        while (reader.pos < end) {
            let start = reader.pos;
            let tag = reader.tag();
            if (tag === _end) {
                _end = $undefined;
                break;
            }
            let wireType = tag & 7;
            switch (tag >>>= 3) {
            case 1: {
                    if (wireType !== 0)
                        break;
                    message.time = reader.int64();
                    continue;
                }
            case 2: {
                    if (wireType !== 2)
                        break;
                    message.state = reader.string();
                    continue;
                }
            case 3: {
                    if (wireType !== 2)
                        break;
                    message.service = reader.string();
                    continue;
                }
            case 4: {
                    if (wireType !== 2)
                        break;
                    message.host = reader.string();
                    continue;
                }
            case 5: {
                    if (wireType !== 2)
                        break;
                    message.description = reader.string();
                    continue;
                }
            case 7: {
                    if (wireType !== 2)
                        break;
                    if (!(message.tags && message.tags.length))
                        message.tags = [];
                    message.tags.push(reader.string());
                    continue;
                }
            case 8: {
                    if (wireType !== 5)
                        break;
                    message.ttl = reader.float();
                    continue;
                }
            case 9: {
                    if (wireType !== 2)
                        break;
                    if (!(message.attributes && message.attributes.length))
                        message.attributes = [];
                    message.attributes.push($root.Attribute.decode(reader, reader.size(), $undefined, _depth + 1));
                    continue;
                }
            case 10: {
                    if (wireType !== 0)
                        break;
                    message.timeMicros = reader.int64();
                    continue;
                }
            case 13: {
                    if (wireType !== 0)
                        break;
                    message.metricSint64 = reader.sint64();
                    continue;
                }
            case 14: {
                    if (wireType !== 1)
                        break;
                    message.metricD = reader.double();
                    continue;
                }
            case 15: {
                    if (wireType !== 5)
                        break;
                    message.metricF = reader.float();
                    continue;
                }
            }
            reader.skipType(wireType, _depth, tag);
            if (!reader.discardUnknown) {
                $util.makeProp(message, "$unknowns", false);
                (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
            }
        }
        if (length !== $undefined) {
            if (reader.pos !== end)
                throw $RangeError("index out of range");
            reader.len = length;
        }
        if (_end !== $undefined)
            throw $Error("missing end group");
        return message;
    };

    return Event;
})();

export const Attribute = $root.Attribute = (() => {

    const Attribute = function (properties) {
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    Attribute.prototype.key = "";
    Attribute.prototype.value = null;

    Attribute.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        writer.uint32(10).string(message.key);
        if (message.value != null && $Object.hasOwnProperty.call(message, "value"))
            writer.uint32(18).string(message.value);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    Attribute.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.Attribute();
        while (reader.pos < end) {
            let start = reader.pos;
            let tag = reader.tag();
            if (tag === _end) {
                _end = $undefined;
                break;
            }
            let wireType = tag & 7;
            switch (tag >>>= 3) {
            case 1: {
                    if (wireType !== 2)
                        break;
                    message.key = reader.string();
                    continue;
                }
            case 2: {
                    if (wireType !== 2)
                        break;
                    message.value = reader.string();
                    continue;
                }
            }
            reader.skipType(wireType, _depth, tag);
            if (!reader.discardUnknown) {
                $util.makeProp(message, "$unknowns", false);
                (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
            }
        }
        if (length !== $undefined) {
            if (reader.pos !== end)
                throw $RangeError("index out of range");
            reader.len = length;
        }
        if (_end !== $undefined)
            throw $Error("missing end group");
        if (!$Object.hasOwnProperty.call(message, "key"))
            throw $util.ProtocolError("missing required 'key'", { instance: message });
        return message;
    };

    return Attribute;
})();

export const State = $root.State = (() => {

    const State = function (properties) {
        this.tags = [];
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    State.prototype.time = null;
    State.prototype.state = null;
    State.prototype.service = null;
    State.prototype.host = null;
    State.prototype.description = null;
    State.prototype.once = null;
    State.prototype.tags = $util.emptyArray;
    State.prototype.ttl = null;

    State.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.time != null && $Object.hasOwnProperty.call(message, "time"))
            writer.uint32(8).int64(message.time);
        if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
            writer.uint32(18).string(message.state);
        if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
            writer.uint32(26).string(message.service);
        if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
            writer.uint32(34).string(message.host);
        if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
            writer.uint32(42).string(message.description);
        if (message.once != null && $Object.hasOwnProperty.call(message, "once"))
            writer.uint32(48).bool(message.once);
        if (message.tags != null && message.tags.length)
            for (let i = 0; i < message.tags.length; ++i)
                writer.uint32(58).string(message.tags[i]);
        if (message.ttl != null && $Object.hasOwnProperty.call(message, "ttl"))
            writer.uint32(69).float(message.ttl);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    State.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.State();
        while (reader.pos < end) {
            let start = reader.pos;
            let tag = reader.tag();
            if (tag === _end) {
                _end = $undefined;
                break;
            }
            let wireType = tag & 7;
            switch (tag >>>= 3) {
            case 1: {
                    if (wireType !== 0)
                        break;
                    message.time = reader.int64();
                    continue;
                }
            case 2: {
                    if (wireType !== 2)
                        break;
                    message.state = reader.string();
                    continue;
                }
            case 3: {
                    if (wireType !== 2)
                        break;
                    message.service = reader.string();
                    continue;
                }
            case 4: {
                    if (wireType !== 2)
                        break;
                    message.host = reader.string();
                    continue;
                }
            case 5: {
                    if (wireType !== 2)
                        break;
                    message.description = reader.string();
                    continue;
                }
            case 6: {
                    if (wireType !== 0)
                        break;
                    message.once = reader.bool();
                    continue;
                }
            case 7: {
                    if (wireType !== 2)
                        break;
                    if (!(message.tags && message.tags.length))
                        message.tags = [];
                    message.tags.push(reader.string());
                    continue;
                }
            case 8: {
                    if (wireType !== 5)
                        break;
                    message.ttl = reader.float();
                    continue;
                }
            }
            reader.skipType(wireType, _depth, tag);
            if (!reader.discardUnknown) {
                $util.makeProp(message, "$unknowns", false);
                (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
            }
        }
        if (length !== $undefined) {
            if (reader.pos !== end)
                throw $RangeError("index out of range");
            reader.len = length;
        }
        if (_end !== $undefined)
            throw $Error("missing end group");
        return message;
    };

    return State;
})();

export {
  $root as default
};
