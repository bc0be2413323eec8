// Made by script/generate-enums.ts from the types of @aws-sdk/client-ecs 3.1164.0. Run it again, do not edit.

import * as ecs from '@aws-sdk/client-ecs'

/** Which enum a member takes, by shape. */
export const enums: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  AwsVpcConfiguration: { assignPublicIp: ecs.AssignPublicIp },
  ClusterSetting: { name: ecs.ClusterSettingName },
  ContainerDefinition: { versionConsistency: ecs.VersionConsistency },
  ContainerDependency: { condition: ecs.ContainerCondition },
  CreateServiceRequest: {
    availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing,
    launchType: ecs.LaunchType,
    schedulingStrategy: ecs.SchedulingStrategy,
    propagateTags: ecs.PropagateTags,
  },
  DeploymentConfiguration: { strategy: ecs.DeploymentStrategy },
  DeploymentController: { type: ecs.DeploymentControllerType },
  DeploymentEarlySuccessCriteria: { sourceServiceRevisionCleanup: ecs.ServiceRevisionCleanup },
  DeploymentLifecycleHook: {
    targetType: ecs.DeploymentLifecycleHookTargetType,
    lifecycleStages: ecs.DeploymentLifecycleHookStage,
  },
  DeploymentLifecycleHookTimeoutConfiguration: { action: ecs.DeploymentLifecycleHookAction },
  Device: { permissions: ecs.DeviceCgroupPermission },
  DockerVolumeConfiguration: { scope: ecs.Scope },
  EBSTagSpecification: { resourceType: ecs.EBSResourceType, propagateTags: ecs.PropagateTags },
  EFSAuthorizationConfig: { iam: ecs.EFSAuthorizationConfigIAM },
  EFSVolumeConfiguration: { transitEncryption: ecs.EFSTransitEncryption },
  EnvironmentFile: { type: ecs.EnvironmentFileType },
  ExecuteCommandConfiguration: { logging: ecs.ExecuteCommandLogging },
  FirelensConfiguration: { type: ecs.FirelensConfigurationType },
  GatewayConnectorFilters: { accessTypes: ecs.AccessType },
  GatewayConnectorHealthCheck: { healthCheckProtocol: ecs.GatewayConnectorHealthCheckProtocol },
  LogConfiguration: { logDriver: ecs.LogDriver },
  PlacementConstraint: { type: ecs.PlacementConstraintType },
  PlacementStrategy: { type: ecs.PlacementStrategyType },
  PortMapping: { protocol: ecs.TransportProtocol, appProtocol: ecs.ApplicationProtocol },
  ProxyConfiguration: { type: ecs.ProxyConfigurationType },
  RegisterTaskDefinitionRequest: {
    networkMode: ecs.NetworkMode,
    requiresCompatibilities: ecs.Compatibility,
    pidMode: ecs.PidMode,
    ipcMode: ecs.IpcMode,
  },
  ResourceRequirement: { type: ecs.ResourceType },
  RunTaskRequest: { launchType: ecs.LaunchType, propagateTags: ecs.PropagateTags },
  RuntimePlatform: { cpuArchitecture: ecs.CPUArchitecture, operatingSystemFamily: ecs.OSFamily },
  ServiceConnectAccessLogConfiguration: {
    format: ecs.ServiceConnectAccessLoggingFormat,
    includeQueryParameters: ecs.ServiceConnectIncludeQueryParameters,
  },
  ServiceConnectContainerConfiguration: { logLevel: ecs.ServiceConnectContainerLogLevel },
  ServiceManagedEBSVolumeConfiguration: { filesystemType: ecs.TaskFilesystemType },
  TaskDefinitionPlacementConstraint: { type: ecs.TaskDefinitionPlacementConstraintType },
  TaskManagedEBSVolumeConfiguration: { filesystemType: ecs.TaskFilesystemType },
  ThresholdConfiguration: { type: ecs.ThresholdType },
  Ulimit: { name: ecs.UlimitName },
}
