using System.Diagnostics.Metrics;
using System.Globalization;
using Azure.Core;
using Azure.Core.Extensions;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FuncQueue.Engine.Figures;
using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine;

public static class ServiceCollectionExtensions
{
    /// <summary>
    /// The name of the connection: a connection string, or a section with <c>tableServiceUri</c> and <c>blobServiceUri</c>; or, for
    /// several accounts, a list of such, with the keys 0, 1 and so on.
    /// </summary>
    public const string ConnectionName = "FuncQueueStorage";

    /// <summary>The section of <see cref="EngineOptions"/>.</summary>
    public const string OptionsSection = "FuncQueue";

    /// <summary>
    /// Adds the <see cref="QueueEngine"/>, the <see cref="QueueOperations"/>, the <see cref="TopicEngine"/>, the
    /// <see cref="FigureReader"/> and the <see cref="KeyRing"/>, their options from the section <c>FuncQueue</c> and their storage from
    /// <c>FuncQueueStorage</c>. Any <see cref="HttpPipelinePolicy"/> registered as a service sees every request to storage.
    /// </summary>
    public static IServiceCollection AddFuncQueueEngine(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(OptionsSection).Get<EngineOptions>() ?? new EngineOptions();
        options.Validate();
        var connections = Connections(configuration);
        services.AddSingleton(options);
        // Storage has one time, whichever account answers.
        services.AddSingleton<StorageClock>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddAzureClientsCore();
        foreach (var connection in connections)
            AddAccount(services, connection, options);
        services.AddSingleton<IReadOnlyList<StorageClients>>(provider =>
            [.. connections.Select(c => provider.GetRequiredKeyedService<StorageClients>(c.Path))]
        );
        services.AddSingleton(provider => new QueueEngine(
            provider.GetRequiredService<IReadOnlyList<StorageClients>>(),
            provider.GetRequiredService<EngineOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()
        ));
        services.AddSingleton(provider => new QueueOperations(provider.GetRequiredService<QueueEngine>()));
        services.AddSingleton(provider => new TopicEngine(provider.GetRequiredService<QueueEngine>()));
        services.AddSingleton(provider => new FigureReader(provider.GetRequiredService<QueueEngine>()));
        services.AddSingleton(provider => new KeyRing(provider.GetRequiredService<QueueEngine>()));
        return services;
    }

    /// <summary>The connection, or those in its list.</summary>
    private static IReadOnlyList<IConfigurationSection> Connections(IConfiguration configuration)
    {
        var connection = configuration.GetSection(ConnectionName);
        if (!connection.Exists())
            throw new InvalidOperationException(
                $"No storage is configured. Set {ConnectionName} to a connection string, or {ConnectionName}__tableServiceUri "
                    + $"and {ConnectionName}__blobServiceUri."
            );
        var children = connection
            .GetChildren()
            .ToLookup(child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (!children[true].Any())
            return [connection];
        if (connection.Value is not null || children[false].Any())
            throw new InvalidOperationException(
                $"{ConnectionName} is either one connection or a list of them ({ConnectionName}__0 and so on), not both."
            );
        return [.. children[true].OrderBy(child => int.Parse(child.Key, CultureInfo.InvariantCulture))];
    }

    /// <summary>The clients of one account, under the path of its connection.</summary>
    private static void AddAccount(IServiceCollection services, IConfigurationSection connection, EngineOptions options)
    {
        var (name, reads, writes) = (connection.Path, connection.Path + "/reads", connection.Path + "/writes");
        services.AddAzureClients(clients =>
        {
            AddTables(clients).WithName(reads).ConfigureOptions((client, provider) => Configure(client, provider, retries: true));
            AddTables(clients).WithName(writes).ConfigureOptions((client, provider) => Configure(client, provider, retries: false));
            AddBlobs(clients).WithName(name).ConfigureOptions((client, provider) => Configure(client, provider, retries: true));
        });
        services.AddKeyedSingleton(
            name,
            (provider, _) =>
            {
                var tables = provider.GetRequiredService<IAzureClientFactory<TableServiceClient>>();
                try
                {
                    return new StorageClients(
                        tables.CreateClient(reads),
                        tables.CreateClient(writes),
                        provider.GetRequiredService<IAzureClientFactory<BlobServiceClient>>().CreateClient(name),
                        provider.GetRequiredService<StorageClock>()
                    );
                }
                catch (Exception exception)
                    when (connection.Value is not null && exception is ArgumentException or FormatException or InvalidOperationException)
                {
                    throw new InvalidOperationException($"{name} is no connection string of a storage account.", exception);
                }
            }
        );

        IAzureClientBuilder<TableServiceClient, TableClientOptions> AddTables(AzureClientFactoryBuilder clients) =>
            connection.Value is { } text
                ? clients.AddTableServiceClient(text)
                : clients.AddTableServiceClient(ServiceUri(connection, "tableServiceUri")).WithCredential(Credential);

        IAzureClientBuilder<BlobServiceClient, BlobClientOptions> AddBlobs(AzureClientFactoryBuilder clients) =>
            connection.Value is { } text
                ? clients.AddBlobServiceClient(text)
                : clients.AddBlobServiceClient(ServiceUri(connection, "blobServiceUri")).WithCredential(Credential);

        // Reads credential, clientId and the like, as every Functions connection does; without them, the default credential.
        TokenCredential Credential(IServiceProvider provider) =>
            provider.GetRequiredService<AzureComponentFactory>().CreateTokenCredential(connection);

        void Configure(ClientOptions client, IServiceProvider provider, bool retries) =>
            StorageClients.Configure(
                client,
                options,
                [provider.GetRequiredService<StorageClock>(), .. provider.GetServices<HttpPipelinePolicy>()],
                retries
            );
    }

    private static Uri ServiceUri(IConfigurationSection connection, string key)
    {
        if (Uri.TryCreate(connection[key], UriKind.Absolute, out var uri))
            return uri;
        var section = connection.Path.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal);
        throw new InvalidOperationException($"The setting {section}__{key} must be the absolute address of the service.");
    }
}
