@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of Application Insights.')
param insightsName string

@description('Region.')
param location string

@description('Tags.')
param tags { *: string }

@description('Days that logs and metrics are kept.')
param retentionDays int

@description('GB of logs a day after which no more are taken in that day; -1: no limit.')
param dailyCapGB int

@description('Takes in and gives out nothing over the Internet.')
param privateNetwork bool

@description('Access over the Internet.')
var publicAccess = privateNetwork ? 'Disabled' : 'Enabled'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyCapGB }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    publicNetworkAccessForIngestion: publicAccess
    publicNetworkAccessForQuery: publicAccess
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    publicNetworkAccessForIngestion: publicAccess
    publicNetworkAccessForQuery: publicAccess
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Resource id of Application Insights.')
output insightsId string = insights.id

@description('Where telemetry is sent; no secret, since only the identity may send.')
output insightsConnectionString string = insights.properties.ConnectionString
