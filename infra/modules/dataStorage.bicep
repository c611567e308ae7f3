import { redundancy } from '../types.bicep'

// Tables and containers are made by the app: a table for each queue, and one container for payloads. There is no lifecycle rule by
// age, because dead letters and scheduled messages outlive any; the app's sweep removes what is no longer referred to. Nor is there
// soft delete: a message that was acknowledged shall be gone, and would be paid for until it is.

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

module account 'storageAccount.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    sku: sku
    privateNetwork: privateNetwork
    workspaceId: workspaceId
  }
}

@description('Resource id.')
output id string = account.outputs.id
