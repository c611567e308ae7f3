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

@description('The container that deployed code lies in.')
var deploymentContainer = 'deployment'

module account 'storageAccount.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    sku: sku
    privateNetwork: privateNetwork
    workspaceId: workspaceId
    blobSoftDeleteDays: 7
    containers: [deploymentContainer]
  }
}

@description('Resource id.')
output id string = account.outputs.id

@description('Address of the container that deployed code lies in.')
output deploymentContainerUri string = '${account.outputs.blobServiceUri}${deploymentContainer}'
