// The private way to what the app needs, closed to the Internet, with the names that lead there inside the network.

@description('The unique part of names.')
param token string

@description('Region.')
param location string

@description('Tags.')
param tags { *: string }

@description('Name of the network.')
param networkName string

@description('The subnet of the endpoints.')
param subnetId string

@description('Suffix of storage addresses.')
param storageSuffix string

@description('Name of the storage account of the Functions host.')
param hostAccountName string

@description('Names of the storage accounts for messages.')
param dataAccountNames string[]

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of Application Insights.')
param insightsName string

@description('The services of storage; the queue is there for the host alone.')
var services = ['blob', 'queue', 'table']

@description('The zone that the app has its names in.')
var appZone = 'privatelink.azurewebsites.net'

@description('The zones that Azure Monitor has names in, beside that of blobs.')
var monitorZones = [
  'privatelink.monitor.azure.com'
  'privatelink.oms.opinsights.azure.com'
  'privatelink.ods.opinsights.azure.com'
  'privatelink.agentsvc.azure-automation.net'
]

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostAccountName
}

resource dataAccounts 'Microsoft.Storage/storageAccounts@2025-06-01' existing = [
  for name in dataAccountNames: { name: name }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

module storageZones 'privateZone.bicep' = [
  for service in services: {
    params: {
      name: 'privatelink.${service}.${storageSuffix}'
      tags: tags
      networkName: networkName
    }
  }
]

module otherZones 'privateZone.bicep' = [
  for zone in concat(monitorZones, [appZone]): {
    params: {
      name: zone
      tags: tags
      networkName: networkName
    }
  }
]

module hostEndpoints 'privateEndpoint.bicep' = [
  for service in services: {
    params: {
      name: 'pe-host-${service}-${token}'
      location: location
      tags: tags
      subnetId: subnetId
      targetId: hostAccount.id
      groupId: service
      zoneNames: ['privatelink.${service}.${storageSuffix}']
    }
    dependsOn: [storageZones]
  }
]

module blobEndpoints 'privateEndpoint.bicep' = [
  for (name, i) in dataAccountNames: {
    params: {
      name: 'pe-data${padLeft(i, 2, '0')}-blob-${token}'
      location: location
      tags: tags
      subnetId: subnetId
      targetId: dataAccounts[i].id
      groupId: 'blob'
      zoneNames: ['privatelink.blob.${storageSuffix}']
    }
    dependsOn: [storageZones]
  }
]

module tableEndpoints 'privateEndpoint.bicep' = [
  for (name, i) in dataAccountNames: {
    params: {
      name: 'pe-data${padLeft(i, 2, '0')}-table-${token}'
      location: location
      tags: tags
      subnetId: subnetId
      targetId: dataAccounts[i].id
      groupId: 'table'
      zoneNames: ['privatelink.table.${storageSuffix}']
    }
    dependsOn: [storageZones]
  }
]

resource monitorScope 'Microsoft.Insights/privateLinkScopes@2023-06-01-preview' = {
  name: 'pls-${token}'
  location: 'global'
  tags: tags
  properties: {
    accessModeSettings: {
      ingestionAccessMode: 'PrivateOnly'
      queryAccessMode: 'PrivateOnly'
    }
  }

  resource scopedWorkspace 'scopedResources' = {
    name: 'workspace'
    properties: {
      kind: 'Resource'
      linkedResourceId: workspace.id
    }
  }

  resource scopedInsights 'scopedResources' = {
    name: 'insights'
    properties: {
      kind: 'Resource'
      linkedResourceId: insights.id
    }
  }
}

module monitorEndpoint 'privateEndpoint.bicep' = {
  params: {
    name: 'pe-monitor-${token}'
    location: location
    tags: tags
    subnetId: subnetId
    targetId: monitorScope.id
    groupId: 'azuremonitor'
    zoneNames: concat(monitorZones, ['privatelink.blob.${storageSuffix}'])
  }
  // An endpoint takes up the names of what is in the scope when it is made.
  dependsOn: [storageZones, otherZones, monitorScope::scopedWorkspace, monitorScope::scopedInsights]
}

@description('The zone that the app has its names in.')
output appZoneName string = appZone
