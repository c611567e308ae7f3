@description('Name of the endpoint.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags { *: string }

@description('The subnet that it has its address in.')
param subnetId string

@description('What it leads to.')
param targetId string

@description('Which service of it.')
param groupId string

@description('The DNS zones that its names go into.')
param zoneNames string[]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' existing = [for zone in zoneNames: { name: zone }]

resource endpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: groupId
        properties: {
          privateLinkServiceId: targetId
          groupIds: [groupId]
        }
      }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        for (zone, i) in zoneNames: {
          name: replace(zone, '.', '-')
          properties: { privateDnsZoneId: zones[i].id }
        }
      ]
    }
  }
}
