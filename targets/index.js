// What is asked for is fixed here and not by an input: this action reads a list, and plans and applies nothing.
process.env.ECS_PARTICLES_ACTION = 'targets'
await import('../dist/index.js')
