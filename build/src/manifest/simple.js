class NotSimple extends Error {
}
const giveUp = () => {
    throw new NotSimple();
};
const DEEPEST = 32;
const KEY = /^([A-Za-z_][\w./-]*):(?: +(.*))?$/;
// These are no texts, in a key or a value.
const WORDS = /^(?:true|false|null)$/i;
const PLAIN = /^[A-Za-z_/$](?:[^:#]|:(?=[^ ])|(?<! )#)*$/;
const IN_LIST = /^[A-Za-z_/](?:[\w./-]|:(?=\w))*$/;
/** The documents of a file that is simple throughout; undefined for every other. */
export function readSimple(file, text) {
    if (!/^[\n\x20-\x7e]*$/.test(text))
        return undefined;
    try {
        const documents = split(text);
        return documents && documents.map(lines => readDocument(file, lines));
    }
    catch (error) {
        if (error instanceof NotSimple)
            return undefined;
        throw error;
    }
}
/** Lines by document; undefined where one is empty that may not be. */
function split(text) {
    const documents = [[]];
    for (const [index, whole] of text.split('\n').entries()) {
        const line = whole.trimEnd();
        const content = line.trimStart();
        if (content === '' || content.startsWith('#'))
            continue;
        if (line === '---')
            documents.push([]);
        else if (line.startsWith('---') || line.startsWith('...'))
            return undefined;
        else
            documents.at(-1)?.push({ number: index + 1, indent: line.length - content.length, text: content });
    }
    // Nothing before the first separator and nothing after the last is no document.
    if (documents[0]?.length === 0)
        documents.shift();
    if (documents.at(-1)?.length === 0)
        documents.pop();
    return documents.length === 0 || documents.some(lines => lines.length === 0) ? undefined : documents;
}
function readDocument(file, lines) {
    let at = 0;
    const placeOf = (line, offset = 0) => ({ file, line: line.number, column: line.indent + offset + 1 });
    const isElement = (line) => line.text.startsWith('- ');
    function block(line, depth) {
        if (depth > DEEPEST)
            giveUp();
        if (isElement(line))
            return list(line, line.indent, depth);
        return KEY.test(line.text) ? map(line, depth) : giveUp();
    }
    function list(first, indent, depth) {
        const place = placeOf(first);
        const items = [];
        for (let line = lines[at]; line && line.indent === indent && isElement(line); line = lines[at]) {
            const content = line.text.slice(2);
            if (content.startsWith(' '))
                giveUp();
            // What follows the dash is a line of its own, that much further in.
            line.indent += 2;
            line.text = content;
            if (isElement(line) || KEY.test(content))
                items.push(block(line, depth + 1));
            else {
                at++;
                items.push(value(line, 0, content));
                if ((lines[at]?.indent ?? 0) > indent)
                    giveUp();
            }
        }
        if ((lines[at]?.indent ?? -1) > indent)
            giveUp();
        return { kind: 'list', place, items };
    }
    function map(first, depth) {
        const { indent } = first;
        const place = placeOf(first);
        const entries = new Map();
        for (let line = lines[at]; line && line.indent === indent; line = lines[at]) {
            const [, key, rest] = KEY.exec(line.text) ?? [];
            if (key === undefined || WORDS.test(key) || entries.has(key))
                return giveUp();
            at++;
            const next = lines[at];
            if (rest !== undefined && rest !== '' && !rest.startsWith('#')) {
                entries.set(key, { at: placeOf(line), node: value(line, line.text.length - rest.length, rest) });
                // A text over several lines.
                if (next && next.indent > indent)
                    giveUp();
            }
            else if (next && (next.indent > indent || (next.indent === indent && isElement(next)))) {
                entries.set(key, { at: placeOf(line), node: block(next, depth + 1) });
            }
            else
                giveUp();
        }
        if ((lines[at]?.indent ?? -1) > indent)
            giveUp();
        return { kind: 'map', place, entries };
    }
    function value(line, offset, written) {
        const place = placeOf(line, offset);
        const first = written[0];
        if (first === '"' || first === "'") {
            const inside = written.slice(1, -1);
            const isWhole = written.length > 1 && written.at(-1) === first;
            return isWhole && !inside.includes(first) && !inside.includes('\\')
                ? { kind: 'scalar', place, value: inside }
                : giveUp();
        }
        if (written === '{}')
            return { kind: 'map', place, entries: new Map() };
        if (first === '[')
            return written.at(-1) === ']' ? flow(line, offset, written.slice(1, -1), place) : giveUp();
        const comment = written.indexOf(' #');
        const text = comment === -1 ? written : written.slice(0, comment).trimEnd();
        return scalar(text, place, PLAIN);
    }
    /** `[a, b]`, of plain values alone. */
    function flow(line, offset, inside, place) {
        let column = offset + 1;
        const items = (inside === '' ? [] : inside.split(', ')).map(item => {
            const at = placeOf(line, column);
            column += item.length + 2;
            return scalar(item, at, IN_LIST);
        });
        return { kind: 'list', place, items };
    }
    const root = block(lines[0] ?? giveUp(), 1);
    // What is left does not line up.
    return at === lines.length ? root : giveUp();
}
function scalar(text, place, isText) {
    if (/^(?:0|[1-9]\d{0,14})$/.test(text))
        return { kind: 'scalar', place, value: Number(text) };
    if (text === 'true' || text === 'false')
        return { kind: 'scalar', place, value: text === 'true' };
    return isText.test(text) && !WORDS.test(text) ? { kind: 'scalar', place, value: text } : giveUp();
}
