// Every role of the deployment, one identity, each no wider than what the app does there.

@description('Who gets the roles.')
param principalId string

@description('Its name: assignments are named after it, since its id is not known before it exists.')
param principalName string

@description('Name of the storage account of the Functions host.')
param hostAccountName string

@description('Names of the storage accounts for messages.')
param dataAccountNames string[]

@description('Name of Application Insights.')
param insightsName string

@description('The built-in roles that are used.')
var roleIds = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostAccountName
}

resource dataAccounts 'Microsoft.Storage/storageAccounts@2025-06-01' existing = [
  for name in dataAccountNames: { name: name }
]

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// The host keeps its keys, the timers' leases and the deployed code in blobs, and what it has to say of itself in tables.
resource hostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, principalName, roleIds.storageBlobDataOwner)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.storageBlobDataOwner)
  }
}

resource hostTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, principalName, roleIds.storageTableDataContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.storageTableDataContributor
    )
  }
}

// The engine makes, reads, writes and deletes tables and payloads; it sets no access rights.
resource dataTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in dataAccountNames: {
    scope: dataAccounts[i]
    name: guid(dataAccounts[i].id, principalName, roleIds.storageTableDataContributor)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds.storageTableDataContributor
      )
    }
  }
]

resource dataBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in dataAccountNames: {
    scope: dataAccounts[i]
    name: guid(dataAccounts[i].id, principalName, roleIds.storageBlobDataContributor)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds.storageBlobDataContributor
      )
    }
  }
]

resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, principalName, roleIds.monitoringMetricsPublisher)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds.monitoringMetricsPublisher
    )
  }
}
