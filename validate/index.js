// The command is fixed here and not by an input: a workflow can override an input's default, this line it cannot.
process.env.INPUT_COMMAND = 'validate'
await import('../dist/index.js')
