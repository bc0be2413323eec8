// What is asked for is fixed here and not by an input: this action posts, and plans and applies nothing.
process.env.ECS_PARTICLES_ACTION = 'post'
await import('../dist/index.js')
