export interface Ecs {
  readonly region: string
}
