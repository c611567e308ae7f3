@description('Region.')
param location string

@description('Tags.')
param tags { *: string }

@description('Name of Application Insights.')
param insightsName string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(insights.id, 'queues')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: 'FuncQueue: queues'
    sourceId: insights.id
    version: '1.0'
    serializedData: string(loadJsonContent('workbook.json'))
  }
}
