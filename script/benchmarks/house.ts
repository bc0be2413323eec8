// Measures src: sizes, functions, docstrings, duplicates. `script/bench house REVISION` also measures a Git revision.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import ts from 'typescript'

const FILE_LINES = 300
const FUNCTION_LINES = 40
const DUPLICATE_LINES = 6

interface Source {
  readonly path: string
  readonly lines: number
  readonly syntax: ts.SourceFile
}

const sourcesIn = (root: string): Source[] =>
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .sort()
    .map(path => {
      const text = readFileSync(join(root, 'src', path), 'utf8')
      const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
      return { path, lines: text.split('\n').length - 1, syntax }
    })

const descendants = (node: ts.Node): ts.Node[] => {
  const found: ts.Node[] = []
  const visit = (child: ts.Node): void => {
    found.push(child)
    ts.forEachChild(child, visit)
  }
  ts.forEachChild(node, visit)
  return found
}

/** From its first word, without the docstring, to its last bracket. */
const linesOf = (node: ts.Node, syntax: ts.SourceFile): number => {
  const line = (position: number): number => syntax.getLineAndCharacterOfPosition(position).line
  return line(node.getEnd()) - line(node.getStart(syntax)) + 1
}

const longFunctions = ({ syntax }: Source): number =>
  descendants(syntax).filter(node => ts.isFunctionLike(node) && linesOf(node, syntax) > FUNCTION_LINES).length

const flavorMethods = (sources: readonly Source[]): number =>
  sources
    .filter(({ path }) => basename(path) === 'flavor.ts')
    .flatMap(({ syntax }) => [...syntax.statements])
    .filter(statement => ts.isInterfaceDeclaration(statement) && statement.name.text === 'Flavor')
    .flatMap(statement => (ts.isInterfaceDeclaration(statement) ? [...statement.members] : []))
    .filter(ts.isMethodSignature).length

/** Exported where they are declared: a re-export is documented at its source. */
const exported = ({ syntax }: Source): ts.Statement[] =>
  syntax.statements.filter(
    statement =>
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
  )

const documented = (statement: ts.Statement): boolean => ts.getJSDocCommentsAndTags(statement).length > 0

const isDocstring = ({ kind }: ts.Node): boolean =>
  kind >= ts.SyntaxKind.FirstJSDocNode && kind <= ts.SyntaxKind.LastJSDocNode

/** Lines without comments, imports and spaces; a line of brackets alone is left out. */
const normalizedLines = ({ syntax }: Source): string[] => {
  const lines = new Map<number, string>()
  const visit = (node: ts.Node): void => {
    if (isDocstring(node) || ts.isImportDeclaration(node)) return
    const children = node.getChildren(syntax)
    for (const child of children) visit(child)
    if (children.length > 0) return
    const { line } = syntax.getLineAndCharacterOfPosition(node.getStart(syntax))
    lines.set(line, `${lines.get(line) ?? ''} ${node.getText(syntax)}`)
  }
  visit(syntax)
  return [...lines.values()].filter(line => /[\p{L}\p{N}]/u.test(line))
}

/** Runs of lines that stand elsewhere too, in an earlier file or further up. Each is counted once, however long. */
const duplicates = (sources: readonly Source[]): number => {
  const seen = new Set<string>()
  let runs = 0
  for (const source of sources) {
    const lines = normalizedLines(source)
    let until = 0
    for (let at = 0; at + DUPLICATE_LINES <= lines.length; at++) {
      const window = lines.slice(at, at + DUPLICATE_LINES).join('\n')
      if (seen.has(window)) {
        if (at >= until) runs++
        until = at + DUPLICATE_LINES
      }
      seen.add(window)
    }
  }
  return runs
}

const figuresIn = (root: string): [string, string][] => {
  const sources = sourcesIn(root)
  const total = sources.reduce((sum, { lines }) => sum + lines, 0)
  const worst = sources.reduce((one, other) => (other.lines > one.lines ? other : one))
  const declared = sources.flatMap(exported)
  const count = (number: number): string => number.toLocaleString('en')
  return [
    ['lines of src', count(total)],
    ['files', count(sources.length)],
    ['mean file', count(Math.round(total / sources.length))],
    ['worst file', `${count(worst.lines)} (${worst.path})`],
    [`files over ${FILE_LINES} lines`, count(sources.filter(({ lines }) => lines > FILE_LINES).length)],
    [`functions over ${FUNCTION_LINES} lines`, count(sources.reduce((sum, one) => sum + longFunctions(one), 0))],
    ['methods of Flavor', count(flavorMethods(sources))],
    ['exported', count(declared.length)],
    ['exported without docstring', count(declared.filter(one => !documented(one)).length)],
    [`duplicates of ${DUPLICATE_LINES} lines or more`, count(duplicates(sources))],
    ['bytes of dist/index.js', count(statSync(join(root, 'dist/index.js')).size)],
  ]
}

const figuresOf = (revision: string): [string, string][] => {
  const folder = mkdtempSync(join(tmpdir(), 'house-'))
  try {
    const archive = execFileSync('git', ['archive', revision, 'src', 'dist/index.js'], { maxBuffer: 2 ** 28 })
    execFileSync('tar', ['-x', '-C', folder], { input: archive })
    return figuresIn(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const [revision] = process.argv.slice(2)
const now = figuresIn('.')
const before = revision === undefined ? undefined : new Map(figuresOf(revision))
const row = (cells: readonly string[]): string =>
  cells
    .map(cell => cell.padEnd(32))
    .join('')
    .trimEnd()
const head = row(['', ...(revision === undefined ? [] : [revision]), 'now'])
const rows = now.map(([name, value]) => row([name, ...(before ? [before.get(name) ?? ''] : []), value]))
process.stdout.write(`${[head, ...rows].join('\n')}\n`)
