import { dataAccount, entraSettings, scaleSettings, sqsKey, sweepSchedules } from '../types.bicep'

@description('Name of the app.')
param name string

@description('Name of its plan.')
param planName string

@description('Region.')
param location string

@description('Tags.')
param tags { *: string }

@description('Resource id of the identity that the app runs as.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Name of the storage account of the Functions host.')
param hostAccountName string

@description('Address of the container that deployed code lies in.')
param deploymentContainerUri string

@description('The accounts for messages; the first has the registry.')
param dataAccounts dataAccount[]

@description('Where telemetry is sent.')
param insightsConnectionString string

@description('The workspace that logs and metrics go to.')
param workspaceId string

@description('How the app is sized and scaled.')
param scale scaleSettings

@description('When the app tidies up.')
param sweeps sweepSchedules

@description('The subnet that the app reaches its storage through, closing it to the Internet; null: no network.')
param subnetId string?

@description('Whose Entra ID tokens the app takes beside keys; null: nobody\'s.')
param entra entraSettings?

@description('Access keys of Amazon SQS clients, by their ids: where each has its secret, and what it may do.')
param sqsKeys { *: sqsKey }

@description('The address that callers know, where something stands before the app; null: its own.')
param publicUrl string?

@description('Bytes of a MiB.')
var mebibyte = 1024 * 1024

@description('What the host reads. It counts the framing of chunks as part of a body: its limit leaves room for that above the 100 MiB that the app takes.')
var hostSettings = {
  AzureWebJobsStorage__accountName: hostAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsDisableHomepage: 'true'
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '${128 * mebibyte}'
}

@description('What fits the memory of an instance, which host and app share; Server GC would take of 512 MB what messages need.')
var memorySettings = union(
  { FuncQueue__MaxRequestMemory: '${scale.instanceMemoryMB * mebibyte / 4}' },
  scale.instanceMemoryMB == 512 ? { DOTNET_gcServer: '0' } : {},
  scale.?maxBodyByLengthMB == null ? {} : { FuncQueue__MaxBodyByLength: '${scale.?maxBodyByLengthMB! * mebibyte}' }
)

@description('What links and signatures name.')
var addressSettings = publicUrl == null ? {} : { FuncQueue__PublicUrl: publicUrl! }

@description('Whose tokens the app takes. Those of the newer form name the application\'s id as their audience, those of the older one its URI.')
var entraAppSettings = entra == null
  ? {}
  : {
      FuncQueueEntra__TenantId: entra.?tenantId ?? tenant().tenantId
      FuncQueueEntra__Audience: join(union([entra!.clientId], entra!.audiences), ',')
      FuncQueueEntra__Authority: environment().authentication.loginEndpoint
    }

@description('One map of settings for each account for messages.')
var dataSettings = map(dataAccounts, (account, i) => {
  'FuncQueueStorage__${i}__tableServiceUri': account.tableServiceUri
  'FuncQueueStorage__${i}__blobServiceUri': account.blobServiceUri
  'FuncQueueStorage__${i}__credential': 'managedidentity'
  'FuncQueueStorage__${i}__clientId': identityClientId
})

@description('One map of settings for each access key.')
var sqsSettings = map(items(sqsKeys), (key, i) => {
  'FuncQueueSqs__Keys__${i}__AccessKeyId': key.key
  'FuncQueueSqs__Keys__${i}__SecretAccessKey': '@Microsoft.KeyVault(SecretUri=${key.value.secretUri})'
  'FuncQueueSqs__Keys__${i}__Rights': key.value.rights
  'FuncQueueSqs__Keys__${i}__Queues': key.value.?queues ?? '*'
})

@description('What timers and telemetry read.')
var appSettings = {
  RedeliverExpiredLeasesSchedule: sweeps.redeliverExpiredLeases
  DeadLetterPoisonMessagesSchedule: sweeps.deadLetterPoisonMessages
  SweepStorageSchedule: sweeps.sweepStorage
  ForwardSubscriptionsSchedule: sweeps.forwardSubscriptions
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: scale.zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    keyVaultReferenceIdentity: identityId
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: subnetId == null ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: subnetId
    functionAppConfig: {
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: scale.instanceMemoryMB
        maximumInstanceCount: scale.maximumInstanceCount
        alwaysReady: scale.alwaysReadyInstances > 0 ? [{ name: 'http', instanceCount: scale.alwaysReadyInstances }] : []
        triggers: {
          http: { perInstanceConcurrency: scale.httpConcurrency }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: reduce(
      concat([hostSettings, memorySettings, addressSettings, entraAppSettings, appSettings], dataSettings, sqsSettings),
      {},
      (all, some) => union(all, some)
    )
  }

  // Azure answers 409 to a child of a site while it changes another: each waits for the one before it.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
    dependsOn: [settings]
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
    dependsOn: [ftp]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs-and-metrics'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Resource id.')
output id string = app.id

@description('Name.')
output name string = app.name

@description('Host name that the app answers at.')
output hostName string = app.properties.defaultHostName
