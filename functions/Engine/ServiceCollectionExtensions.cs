using System.Diagnostics.Metrics;
using Azure.Core;
using Azure.Core.Extensions;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine;

public static class ServiceCollectionExtensions
{
    /// <summary>The name of the connection: a connection string, or a section with <c>tableServiceUri</c> and <c>blobServiceUri</c>.</summary>
    public const string ConnectionName = "FuncQueueStorage";

    /// <summary>The section of <see cref="EngineOptions"/>.</summary>
    public const string OptionsSection = "FuncQueue";

    private const string Reads = "reads";
    private const string Writes = "writes";

    /// <summary>
    /// Adds the <see cref="QueueEngine"/>, its options from the section <c>FuncQueue</c> and its storage from <c>FuncQueueStorage</c>.
    /// Any <see cref="HttpPipelinePolicy"/> registered as a service sees every request to storage.
    /// </summary>
    public static IServiceCollection AddFuncQueueEngine(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(OptionsSection).Get<EngineOptions>() ?? new EngineOptions();
        options.Validate();
        var connection = configuration.GetSection(ConnectionName);
        if (!connection.Exists())
            throw new InvalidOperationException(
                $"No storage is configured. Set {ConnectionName} to a connection string, or {ConnectionName}__tableServiceUri and {ConnectionName}__blobServiceUri.");
        services.AddSingleton(options);
        services.AddSingleton<StorageClock>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddAzureClientsCore();
        services.AddAzureClients(clients =>
        {
            AddTables(clients).WithName(Reads).ConfigureOptions((client, provider) => Configure(client, provider, retries: true));
            AddTables(clients).WithName(Writes).ConfigureOptions((client, provider) => Configure(client, provider, retries: false));
            AddBlobs(clients).ConfigureOptions((client, provider) => Configure(client, provider, retries: true));
        });
        services.AddSingleton(provider =>
        {
            var tables = provider.GetRequiredService<IAzureClientFactory<TableServiceClient>>();
            return new StorageClients(
                tables.CreateClient(Reads),
                tables.CreateClient(Writes),
                provider.GetRequiredService<BlobServiceClient>(),
                provider.GetRequiredService<StorageClock>());
        });
        services.AddSingleton(provider => new QueueEngine(
            provider.GetRequiredService<StorageClients>(),
            provider.GetRequiredService<EngineOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()));
        return services;

        IAzureClientBuilder<TableServiceClient, TableClientOptions> AddTables(AzureClientFactoryBuilder clients) => connection.Value is { } text
            ? clients.AddTableServiceClient(text)
            : clients.AddTableServiceClient(ServiceUri(connection, "tableServiceUri")).WithCredential(Credential);

        IAzureClientBuilder<BlobServiceClient, BlobClientOptions> AddBlobs(AzureClientFactoryBuilder clients) => connection.Value is { } text
            ? clients.AddBlobServiceClient(text)
            : clients.AddBlobServiceClient(ServiceUri(connection, "blobServiceUri")).WithCredential(Credential);

        // Reads credential, clientId and the like, as every Functions connection does; without them, the default credential.
        TokenCredential Credential(IServiceProvider provider) => provider.GetRequiredService<AzureComponentFactory>().CreateTokenCredential(connection);

        void Configure(ClientOptions client, IServiceProvider provider, bool retries) =>
            StorageClients.Configure(client, options, [provider.GetRequiredService<StorageClock>(), .. provider.GetServices<HttpPipelinePolicy>()], retries);
    }

    private static Uri ServiceUri(IConfiguration connection, string key) =>
        Uri.TryCreate(connection[key], UriKind.Absolute, out var uri)
            ? uri
            : throw new InvalidOperationException($"The setting {ConnectionName}__{key} must be the absolute address of the service.");
}
