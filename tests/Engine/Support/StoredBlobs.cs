using Azure;
using Azure.Storage.Blobs;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>The payload container as anybody can see it.</summary>
public sealed class StoredBlobs(string connectionString, string container)
{
    public async Task<IReadOnlyList<string>> NamesAsync()
    {
        var names = new List<string>();
        try
        {
            await foreach (
                var blob in new BlobContainerClient(connectionString, container).GetBlobsAsync(
                    cancellationToken: TestContext.Current.CancellationToken
                )
            )
                names.Add(blob.Name);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // Made with the first payload.
        }

        return names;
    }

    /// <summary>Somebody deletes what lies there.</summary>
    public async Task DeleteAllAsync()
    {
        foreach (var name in await NamesAsync())
            await new BlobContainerClient(connectionString, container).DeleteBlobAsync(
                name,
                cancellationToken: TestContext.Current.CancellationToken
            );
    }
}
