import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { generateEnums } from '../../script/generate-enums.ts'
import { plainText, schemaText } from '../../script/generate-schema.ts'

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('what is made from the SDK is not stale', () => {
  test('the enums', () => expect(generateEnums()).toBe(file('src/schema/enums.ts')))
  test('the schema', () => expect(schemaText()).toBe(file('schema/particles.schema.json')))
})

describe('documentation comments become plain text', () => {
  test.each([
    [
      'markup and entities',
      '/**\n * <p>The <code>a &lt;b&gt;</code> of <a href="x">c &amp; d</a>.</p>\n * @public\n */',
      'The a <b> of c & d.',
    ],
    ['the first paragraph alone', '/**\n * <p>One.</p>\n *          <p>Two.</p>\n */', 'One.'],
    ['notes left out', '/**\n * <note><p>Not this.</p></note>\n * <p>This.</p>\n */', 'This.'],
    ['an address stays', '/**\n * <p>Use image@digest.</p>\n */', 'Use image@digest.'],
    ['no words at all', '/**\n * @public\n */', ''],
  ])('%s', (_name, comment, said) => {
    expect(plainText(comment)).toBe(said)
  })

  test('whole sentences, as far as they fit', () => {
    expect(plainText('/** <p>One sentence. Another sentence. A third.</p> */', 34)).toBe(
      'One sentence. Another sentence.',
    )
    // Never a part of a word.
    expect(plainText('/** <p>A sentence without an end</p> */', 14)).toBe('A sentence…')
    expect(plainText('/** <p>A sentence (without) an end</p> */', 15)).toBe('A sentence…')
  })
})
