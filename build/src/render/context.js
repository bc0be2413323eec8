/** What every face of the comment has: its marker, its heading, where and for which commit, and its links. */
import { code, cut, inComment, link, thousands } from "./escape.js";
import { alert, particle, words } from "./markdown.js";
import { listed } from "./words.js";
/** What a comment of this environment begins with, and is found by. Environments are compared as they are written here. */
export const marker = (environment) => `<!-- ecs-particles:${inComment(environment)} -->`;
/** The marker, and which run wrote the text, on one line. */
export const firstLine = ({ environment, runId, attempt, head }) => `${marker(environment)}<!-- run=${inComment(String(runId))}/${inComment(String(attempt))} head=${inComment(head)} -->`;
export const heading = ({ environment }, end = '') => `### ECS particles · ${words(environment, 100)}${end && ` · ${end}`}`;
export const commit = (sha) => code(/^[0-9a-f]{8,}$/i.test(sha) ? sha.slice(0, 7) : cut(sha, 60));
/** `account 123456789012, us-east-1` */
export function target(plan, { account, regions }) {
    const number = plan?.account ?? account;
    const all = [...new Set(regions.length > 0 ? regions : plan ? [plan.region] : [])].filter(Boolean);
    return [number && `account ${words(number, 40)}`, all.length > 0 && words(listed(all, 5), 200)]
        .filter(Boolean)
        .join(', ');
}
export const links = ({ runUrl, planUrl }) => [runUrl && link('Run', runUrl), planUrl && link('Plan as JSON', planUrl)]
    .filter((each) => typeof each === 'string' && each.startsWith('['))
    .join(' · ');
export const sentences = (...parts) => parts.filter(Boolean).join(' ');
export const note = (context) => (leftOut) => alert('NOTE', [
    sentences(`Left out, because it does not fit here: ${leftOut.map(each => words(each, 240)).join('; ')}.`, context.planUrl
        ? `${link('The plan as JSON', context.planUrl)} has everything.`
        : context.runUrl && `${link('The run', context.runUrl)} has everything.`),
]);
/** The first entries, and a line that counts the others. */
export const atMost = (items, most, what = '') => items.length > most ? [...items.slice(0, most), `and ${thousands(items.length - most)} more${what}`] : items;
/** Names as code, and a count of the others. */
export const listedParticles = (ids, most) => atMost(ids.map(particle), most).join(', ');
