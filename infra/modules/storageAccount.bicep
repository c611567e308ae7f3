import { redundancy } from '../types.bicep'

@description('Name of the account.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags { *: string }

@description('How it keeps its copies.')
param sku redundancy

@description('Answers nothing over the Internet.')
param privateNetwork bool

@description('The workspace that its metrics go to.')
param workspaceId string

@description('Days that deleted blobs can be had back; null: not at all.')
@minValue(1)
@maxValue(365)
param blobSoftDeleteDays int?

@description('Containers to make.')
param containers string[] = []

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: blobSoftDeleteDays == null
        ? { enabled: false }
        : { enabled: true, days: blobSoftDeleteDays }
    }

    resource container 'containers' = [
      for container in containers: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource tables 'tableServices' = {
    name: 'default'
  }
}

// Metrics only: a log line for each request would cost more than the request.
resource blobMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'metrics'
  scope: account::blobs
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource tableMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'metrics'
  scope: account::tables
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

@description('Resource id.')
output id string = account.id

@description('Address of its blobs.')
output blobServiceUri string = account.properties.primaryEndpoints.blob
