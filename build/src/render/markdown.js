import { code, codeTag, cut, html, link, prose, webAddress } from "./escape.js";
/** A phrase with its names as code. A piece keeps the spaces that part it from its neighbours. */
export const phrase = (pieces) => pieces
    .map(piece => {
    if (typeof piece !== 'string')
        return code(piece.name);
    const [, before = '', text = '', after = ''] = /^(\s?)(.*?)(\s?)$/s.exec(piece) ?? [];
    return `${before && ' '}${prose(text)}${after && ' '}`;
})
    .join('');
/** A particle's name as code. */
export const particle = (id) => code(cut(id, 160));
/** Somebody else's words as part of a paragraph. */
export const words = (text, most) => prose(cut(text, most));
/** `particles/web.yml:14` */
const place = ({ file, line }) => `${cut(file, 160)}:${line}`;
/** Where a source line can be read, when the caller knows. */
const sourceAddress = ({ file, line }, base) => base === undefined
    ? undefined
    : webAddress(`${base.replace(/\/$/, '')}/${file.split('/').map(encode).join('/')}#L${line}`);
/** A lone surrogate cannot be encoded; it has no file either. */
const encode = (text) => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
/** A link to a source line, when the caller knows where that is. `text` has been escaped. */
export const sourceLink = (text, source, base) => link(text, sourceAddress(source, base));
export const sourceCode = (source, base) => sourceLink(code(place(source)), source, base);
/** The same between HTML tags, where Markdown is not read. */
export function sourceTag(source, base) {
    const address = sourceAddress(source, base);
    const text = codeTag(place(source));
    return address === undefined ? text : `<a href="${address.replace(/&/g, '&amp;')}">${text}</a>`;
}
export const bold = (text) => `<b>${html(text)}</b>`;
/** Folded text. `summary` is HTML, `body` Markdown; the blank lines keep one out of the other. */
export const details = (summary, body, open = false) => `<details${open ? ' open' : ''}><summary>${summary}</summary>\n\n${body}\n\n</details>`;
/** A table whose cells have been escaped. */
export const table = (head, rows) => [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');
/** https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts */
export const alert = (kind, lines) => [`[!${kind}]`, ...lines].map(line => (line === '' ? '>' : `> ${line}`)).join('\n');
export const bullets = (items) => items.map(item => `- ${item}`);
