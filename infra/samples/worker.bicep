// A worker of yours as a Container App that runs only while there is work: from no replica to many and back, by the backlog of a queue.
// Deploy it into a resource group that has an environment for Container Apps; see docs/guides/scaling.md.

@description('Name of the worker.')
param workerName string

@description('Region.')
param location string = resourceGroup().location

@description('Resource id of the environment for Container Apps.')
param environmentId string

@description('Image of the worker; it reads the address of its queue and its key from the environment.')
param image string

@description('Address of the queue: https://APP.azurewebsites.net/queues/NAME')
param queueUrl string

@description('Resource id of the identity that may read both keys from the vault.')
param identityId string

@description('Address in the vault of the key that the worker shows: the right to receive.')
param receiveKeyUri string

@description('Address in the vault of the key that the scaler shows: the right to inspect.')
param inspectKeyUri string

@description('How much of the backlog one replica is for.')
@minValue(1)
param messagesPerReplica int = 20

@description('Most replicas.')
@minValue(1)
@maxValue(1000)
param maximumReplicas int = 10

resource worker 'Microsoft.App/containerApps@2025-01-01' = {
  name: workerName
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    environmentId: environmentId
    configuration: {
      activeRevisionsMode: 'Single'
      secrets: [
        { name: 'receive-key', keyVaultUrl: receiveKeyUri, identity: identityId }
        { name: 'inspect-key', keyVaultUrl: inspectKeyUri, identity: identityId }
      ]
    }
    template: {
      // What it has leased, a worker that is told to stop finishes, or gives back.
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'worker'
          image: image
          resources: { cpu: json('0.25'), memory: '0.5Gi' }
          env: [
            { name: 'QUEUE_URL', value: queueUrl }
            { name: 'QUEUE_KEY', secretRef: 'receive-key' }
          ]
        }
      ]
      scale: {
        minReplicas: 0
        maxReplicas: maximumReplicas
        rules: [
          {
            name: 'backlog'
            custom: {
              type: 'metrics-api'
              metadata: {
                url: '${queueUrl}/backlog'
                valueLocation: 'backlog'
                targetValue: string(messagesPerReplica)
                authMode: 'bearer'
              }
              auth: [{ secretRef: 'inspect-key', triggerParameter: 'token' }]
            }
          }
        ]
      }
    }
  }
}
