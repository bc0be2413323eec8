// What is asked for is fixed here and not by an input: this door posts, and plans and applies nothing.
process.env.ECS_PARTICLES_DOOR = 'post'
await import('../dist/index.js')
