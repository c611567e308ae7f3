@description('Name of the zone.')
param name string

@description('Tags.')
param tags { *: string }

@description('Name of the network that sees the zone.')
param networkName string

resource network 'Microsoft.Network/virtualNetworks@2025-01-01' existing = {
  name: networkName
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: name
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: networkName
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
}
