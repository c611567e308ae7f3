using FuncQueue.Engine.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine.Tests.Telemetry;

/// <summary>Storage is found as every Functions connection is: a connection string, or addresses with an identity.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task Addresses_and_an_identity_are_taken_from_the_section_of_the_connection()
    {
        await using var services = Build(
            new()
            {
                ["FuncQueueStorage:tableServiceUri"] = "https://data.table.example/",
                ["FuncQueueStorage:blobServiceUri"] = "https://data.blob.example/",
                ["FuncQueueStorage:credential"] = "managedidentity",
                ["FuncQueueStorage:clientId"] = "9c1c4b4e-2c7f-4f0a-8a49-6f1f0a0e6c11",
            }
        );
        var storage = services.GetRequiredService<IReadOnlyList<StorageClients>>().ShouldHaveSingleItem();
        storage.Reads.Uri.Host.ShouldBe("data.table.example");
        storage.Writes.Uri.Host.ShouldBe("data.table.example");
        storage.Blobs.Uri.Host.ShouldBe("data.blob.example");
        services.GetRequiredService<QueueEngine>().ShouldNotBeNull();
    }

    [Fact]
    public void Options_are_bound_and_checked()
    {
        var connection = new KeyValuePair<string, string?>("FuncQueueStorage", "UseDevelopmentStorage=true");
        using var services = Build(
            new(
                new Dictionary<string, string?>
                {
                    [connection.Key] = connection.Value,
                    ["FuncQueue:MaxMessagesPerRow"] = "8",
                    ["FuncQueue:ClockSkewBound"] = "00:00:01",
                }
            )
        );
        services.GetRequiredService<EngineOptions>().MaxMessagesPerRow.ShouldBe(8);
        services.GetRequiredService<EngineOptions>().ClockSkewBound.ShouldBe(TimeSpan.FromSeconds(1));
        Should
            .Throw<ArgumentException>(() => Build(new() { [connection.Key] = connection.Value, ["FuncQueue:MaxMessagesPerRow"] = "91" }))
            .Message.ShouldContain("FuncQueue:MaxMessagesPerRow");
    }

    [Theory]
    [InlineData("tableServiceUri")]
    [InlineData("blobServiceUri")]
    public void A_missing_address_is_told_by_its_setting(string missing)
    {
        var settings = new Dictionary<string, string?>
        {
            ["FuncQueueStorage:tableServiceUri"] = "https://data.table.example/",
            ["FuncQueueStorage:blobServiceUri"] = "https://data.blob.example/",
        };
        settings.Remove("FuncQueueStorage:" + missing);
        Should
            .Throw<InvalidOperationException>(() =>
            {
                using var services = Build(settings);
                services.GetRequiredService<IReadOnlyList<StorageClients>>();
            })
            .Message.ShouldContain($"FuncQueueStorage__{missing}");
    }

    [Fact]
    public async Task A_list_of_connections_is_so_many_accounts_in_their_order()
    {
        await using var services = Build(
            new()
            {
                ["FuncQueueStorage:0:tableServiceUri"] = "https://a.table.example/",
                ["FuncQueueStorage:0:blobServiceUri"] = "https://a.blob.example/",
                ["FuncQueueStorage:0:credential"] = "managedidentity",
                ["FuncQueueStorage:10"] = "DefaultEndpointsProtocol=https;AccountName=c;AccountKey=a2V5;EndpointSuffix=example",
                ["FuncQueueStorage:2"] = "DefaultEndpointsProtocol=https;AccountName=b;AccountKey=a2V5;EndpointSuffix=example",
            }
        );
        var storage = services.GetRequiredService<IReadOnlyList<StorageClients>>();
        storage.Select(s => s.Address).ShouldBe(["https://a.table.example", "https://b.table.example", "https://c.table.example"]);
        storage.Select(s => s.Writes.Uri.Host).ShouldBe(["a.table.example", "b.table.example", "c.table.example"]);
        storage.Select(s => s.Blobs.Uri.Host).ShouldBe(["a.blob.example", "b.blob.example", "c.blob.example"]);
        storage.Select(s => s.Clock).Distinct().ShouldHaveSingleItem();
        services.GetRequiredService<QueueEngine>().ShouldNotBeNull();
    }

    [Fact]
    public void What_the_registry_remembers_of_an_account_has_no_secret_of_its_connection_string()
    {
        using var services = Build(
            new()
            {
                ["FuncQueueStorage"] =
                    "TableEndpoint=https://a.table.example;BlobEndpoint=https://a.blob.example;SharedAccessSignature=sv=2024-01-01&sig=secret",
            }
        );
        services.GetRequiredService<IReadOnlyList<StorageClients>>()[0].Address.ShouldBe("https://a.table.example");
    }

    [Theory]
    [InlineData("FuncQueueStorage:1:blobServiceUri", "https://b.blob.example/", "FuncQueueStorage__1__tableServiceUri")]
    [InlineData("FuncQueueStorage:tableServiceUri", "https://b.table.example/", "not both")]
    [InlineData("FuncQueueStorage", "UseDevelopmentStorage=true", "not both")]
    public void A_list_that_is_not_right_is_told_by_its_setting(string key, string value, string says) =>
        Should
            .Throw<InvalidOperationException>(() =>
            {
                using var services = Build(new() { ["FuncQueueStorage:0"] = "UseDevelopmentStorage=true", [key] = value });
                services.GetRequiredService<IReadOnlyList<StorageClients>>();
            })
            .Message.ShouldContain(says);

    private static ServiceProvider Build(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        services.AddSingleton<System.Diagnostics.Metrics.IMeterFactory, Support.TestMeters>();
        services.AddFuncQueueEngine(configuration);
        return services.BuildServiceProvider();
    }
}
