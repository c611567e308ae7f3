targetScope = 'subscription'

import { alertSettings, entraSettings, redundancy, scaleSettings, sqsKey, sweepSchedules } from 'types.bicep'

@description('Names the environment; resources and their group are named after it.')
@minLength(2)
@maxLength(64)
param environmentName string

@description('Region of all resources; that of the deployment unless given.')
param location string = deployment().location

@description('Tags of every resource, beside azd-env-name and the ones that azd needs.')
param tags { *: string } = {}

@description('How the app is sized and scaled.')
param scale scaleSettings

@description('Storage accounts for messages. New queues are spread over them; the first also has the registry of queues. It may grow, never shrink.')
@minValue(1)
@maxValue(16)
param dataAccountCount int = 1

@description('How the storage accounts for messages keep their copies.')
param dataRedundancy redundancy

@description('How the host\'s own storage account keeps its copies.')
param hostRedundancy redundancy

@description('When the app tidies up.')
param sweeps sweepSchedules

@description('When people are told.')
param alerts alertSettings

@description('Days that logs and metrics are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('GB of logs a day after which no more are taken in that day; -1: no limit.')
@minValue(-1)
param logDailyCapGB int = -1

@description('Closes the app, its storage and its monitoring to the Internet: all are reached over private endpoints in a network of their own.')
param privateNetwork bool = false

@description('The network\'s address range, a /24 or larger; used with privateNetwork.')
param networkAddressPrefix string = '10.90.0.0/24'

@description('Whose Entra ID tokens the app takes beside keys; null: nobody\'s.')
param entra entraSettings?

@description('Access keys of Amazon SQS clients, by their ids: where each has its secret, and what it may do. None: they sign with keys that were made over HTTP.')
param sqsKeys { *: sqsKey } = {}

@description('The address that callers know, where something such as a gateway stands before the app; null: the app\'s own.')
param publicUrl string?

@description('Makes the names unique in Azure and the same in every deployment of this environment.')
var token = toLower(uniqueString(subscription().id, environmentName, location))

@description('Tags of every resource.')
var allTags = union(tags, { 'azd-env-name': environmentName })

@description('Suffix of storage addresses.')
var storageSuffix = environment().suffixes.storage

@description('Names of the storage accounts for messages; the first has the registry.')
var dataAccountNames = [for i in range(0, dataAccountCount): 'stfqdata${token}${padLeft(i, 2, '0')}']

@description('Name of the storage account of the Functions host.')
var hostAccountName = 'stfqhost${token}'

@description('Name of the app, which is the first part of its address.')
var appName = 'func-${token}'

@description('Name of the identity that the app runs as.')
var identityName = 'id-${token}'

@description('Name of the Log Analytics workspace.')
var workspaceName = 'log-${token}'

@description('Name of Application Insights.')
var insightsName = 'appi-${token}'

@description('Name of the network.')
var networkName = 'vnet-${token}'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: identityName
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: workspaceName
    insightsName: insightsName
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyCapGB: logDailyCapGB
    privateNetwork: privateNetwork
  }
}

module hostStorage 'modules/hostStorage.bicep' = {
  scope: group
  params: {
    name: hostAccountName
    location: location
    tags: allTags
    sku: hostRedundancy
    privateNetwork: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module dataStorage 'modules/dataStorage.bicep' = [
  for name in dataAccountNames: {
    scope: group
    params: {
      name: name
      location: location
      tags: allTags
      sku: dataRedundancy
      privateNetwork: privateNetwork
      workspaceId: monitoring.outputs.workspaceId
    }
  }
]

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: networkName
    location: location
    tags: allTags
    addressPrefix: networkAddressPrefix
  }
}

module privateEndpoints 'modules/privateEndpoints.bicep' = if (privateNetwork) {
  scope: group
  params: {
    token: token
    location: location
    tags: allTags
    networkName: networkName
    subnetId: network!.outputs.endpointSubnetId
    storageSuffix: storageSuffix
    hostAccountName: hostAccountName
    dataAccountNames: dataAccountNames
    workspaceName: workspaceName
    insightsName: insightsName
  }
  dependsOn: [hostStorage, dataStorage, monitoring]
}

module roles 'modules/roles.bicep' = {
  scope: group
  params: {
    principalId: identity.outputs.principalId
    principalName: identityName
    hostAccountName: hostAccountName
    dataAccountNames: dataAccountNames
    insightsName: insightsName
  }
  dependsOn: [hostStorage, dataStorage, monitoring]
}

module app 'modules/functionApp.bicep' = {
  scope: group
  params: {
    name: appName
    planName: 'plan-${token}'
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostAccountName: hostAccountName
    deploymentContainerUri: hostStorage.outputs.deploymentContainerUri
    dataAccounts: [
      for name in dataAccountNames: {
        tableServiceUri: 'https://${name}.table.${storageSuffix}'
        blobServiceUri: 'https://${name}.blob.${storageSuffix}'
      }
    ]
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    workspaceId: monitoring.outputs.workspaceId
    scale: scale
    sweeps: sweeps
    subnetId: network.?outputs.appSubnetId
    entra: entra
    sqsKeys: sqsKeys
    publicUrl: publicUrl
  }
  // The host reads its storage as soon as it starts: without its roles, or a way there, it would come up broken and stay so for minutes.
  dependsOn: [roles, dataStorage, privateEndpoints]
}

module appEndpoint 'modules/privateEndpoint.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: 'pe-app-${token}'
    location: location
    tags: allTags
    subnetId: network!.outputs.endpointSubnetId
    targetId: app.outputs.id
    groupId: 'sites'
    zoneNames: [privateEndpoints!.outputs.appZoneName]
  }
}

module alerting 'modules/alerts.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: allTags
    settings: alerts
    insightsId: monitoring.outputs.insightsId
    storageAccountIds: [for i in range(0, dataAccountCount): dataStorage[i].outputs.id]
    testFromOutside: !privateNetwork && alerts.?healthTestMinutes != null
    appHostName: app.outputs.hostName
    appId: app.outputs.id
    instanceMemoryMB: scale.instanceMemoryMB
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: allTags
    insightsName: insightsName
  }
  dependsOn: [monitoring]
}

@description('Where the queue answers.')
output FUNCQUEUE_URL string = 'https://${app.outputs.hostName}'

@description('Name of the function app.')
output AZURE_FUNCTION_APP_NAME string = app.outputs.name

@description('Name of the resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Names of the storage accounts for messages.')
output FUNCQUEUE_DATA_ACCOUNTS string[] = dataAccountNames
