/** Manifests as another commit has them. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compareText } from '../order.ts'
import type { GitHub } from './api.ts'
import { GitHubError, unlessRefused } from './apiErrors.ts'

/** A manifest as a commit has it. */
export interface CommitFile {
  /** From the repository's root, with forward slashes. */
  readonly file: string
  readonly text: string
}

/** The texts, or why they cannot be read, in one sentence. */
export type CommitManifests = { readonly texts: readonly CommitFile[] } | { readonly why: string }

/** Reads the manifests of a commit. */
export type CommitManifestReader = (commit: string) => Promise<CommitManifests>

const fileLimit = 1_000
/** The limit of a manifest, in bytes: a larger file was refused then as it would be now. */
const sizeLimit = 1024 * 1024

interface Blob {
  readonly file: string
  readonly sha: string
}

/**
 * The texts of files that `wanted` chooses, at a commit, sorted by name. From GitHub first: a checkout seldom has more
 * than one commit. A refusal of GitHub is a `why`.
 *
 * @param workspace the checkout of the run's own commit: a file with the same content saves a call
 */
export async function manifestsAt(
  github: GitHub | undefined,
  commit: string,
  wanted: (file: string) => boolean,
  workspace?: string,
): Promise<CommitManifests> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return { why: 'the earlier commit is not known' }
  const found = github
    ? await unlessRefused(
        () => fromGitHub(github, commit, wanted, workspace),
        why => ({ why }),
      )
    : { why: 'there is no token for GitHub' }
  if ('texts' in found) return found
  const texts = workspace ? await fromCheckout(workspace, commit, wanted) : undefined
  return texts ? { texts } : { why: `the manifests of commit ${commit.slice(0, 7)} cannot be read: ${found.why}` }
}

async function fromGitHub(
  github: GitHub,
  commit: string,
  wanted: (file: string) => boolean,
  workspace: string | undefined,
): Promise<CommitManifests> {
  const { data } = await github.call(
    { to: 'list the files of an earlier commit', needs: 'contents: read' },
    'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
    { tree_sha: commit, recursive: 'true' },
  )
  // Symbolic links (120000) and submodules (160000) are no manifests.
  const blobs = data.tree.flatMap(({ path, mode, sha, size }) =>
    mode.startsWith('100') && (size ?? 0) <= sizeLimit && wanted(path) ? [{ file: path, sha }] : [],
  )
  // By half a list, missing manifests would count as removed.
  if (data.truncated) throw new GitHubError('GitHub cannot list so many files at once')
  if (blobs.length > fileLimit) throw new GitHubError(`there are more than ${fileLimit} manifests`)
  const texts = await Promise.all(blobs.map(blob => read(github, blob, workspace)))
  return { texts: texts.sort(byFile) }
}

const byFile = (one: CommitFile, other: CommitFile): number => compareText(one.file, other.file)

async function read(github: GitHub, { file, sha }: Blob, workspace: string | undefined): Promise<CommitFile> {
  const here = workspace ? await readFile(join(workspace, file)).catch(() => undefined) : undefined
  // Git names a file by its content, so an unchanged file need not be fetched.
  if (here && blobSha(here, sha.length) === sha) return { file, text: here.toString('utf8') }
  const { data } = await github.call(
    { to: `read ${file} as it was`, needs: 'contents: read' },
    'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
    { file_sha: sha },
  )
  return { file, text: Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8').toString('utf8') }
}

const blobSha = (content: Buffer, length: number): string =>
  createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${content.length}\0`)
    .update(content)
    .digest('hex')

/** From the checkout's git history; undefined when it lacks the commit. */
async function fromCheckout(
  workspace: string,
  commit: string,
  wanted: (file: string) => boolean,
): Promise<CommitFile[] | undefined> {
  const git = async (...words: string[]): Promise<string> => {
    const { execFile } = await import('node:child_process')
    // Without a shell, and no argument is a manifest's or a branch's name.
    const { stdout } = await promisify(execFile)('git', ['-C', workspace, ...words], { maxBuffer: 64 * sizeLimit })
    return stdout
  }
  try {
    const listed = await git('ls-tree', '-r', '-z', '--full-tree', commit)
    const blobs = listed.split('\0').flatMap(line => {
      const [, sha, file] = /^100\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? []
      return sha && file && wanted(file) ? [{ file, sha }] : []
    })
    if (blobs.length > fileLimit) return undefined
    const texts: CommitFile[] = []
    for (const { file, sha } of blobs) texts.push({ file, text: await git('cat-file', 'blob', sha) })
    return texts.sort(byFile)
  } catch {
    // No git, no repository, a shallow checkout, or a file too large: the caller reports that.
    return undefined
  }
}
