using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Accounts;

/// <summary>A test on two storage accounts, of which the first has the registry.</summary>
public abstract class AccountsTest(AzuriteFixture azurite, SecondAccount second) : EngineTest(azurite), IClassFixture<SecondAccount>
{
    private int names;

    protected SecondAccount Second => second;

    protected IReadOnlyList<string> Both => [Azurite.ConnectionString, second.ConnectionString];

    protected StoredBlobs SecondBlobs => new(second.ConnectionString, Options.PayloadContainer);

    protected static NewMessage Large { get; } = new() { Body = MessageBody.FromBytes(new byte[Limits.MaxInlineBodyBytes * 2]) };

    /// <summary>Creates queues until one lies in the second account, and makes it the process's own.</summary>
    protected Task<string> PutInSecondAsync(TestEngine engine, QueueSettingsChange? settings = null) =>
        PutAsync(engine, row => row.GetString("Account") is not null, settings);

    /// <summary>Creates queues until one lies in the first account, and makes it the process's own.</summary>
    protected Task<string> PutInFirstAsync(TestEngine engine, QueueSettingsChange? settings = null) =>
        PutAsync(engine, row => row.GetString("Account") is null, settings);

    /// <summary>The registry's row of a queue.</summary>
    protected async Task<TableEntity> RegisteredAsync(QueueName queue) =>
        (
            await new TableClient(Azurite.ConnectionString, Options.RegistryTable).GetEntityAsync<TableEntity>(
                "registry",
                "q:" + queue.Value,
                cancellationToken: Cancellation
            )
        ).Value;

    /// <summary>Whether an account has a table.</summary>
    protected static async Task<bool> HasTableAsync(string account, string table)
    {
        await foreach (var found in new TableServiceClient(account).QueryAsync(t => t.Name == table, cancellationToken: Cancellation))
            return found.Name == table;
        return false;
    }

    private async Task<string> PutAsync(TestEngine engine, Func<TableEntity, bool> fits, QueueSettingsChange? settings)
    {
        while (true)
        {
            engine.Queue = TestEngine.Name($"queue-{++names}");
            (await engine.PutQueueAsync(settings)).Created.ShouldBeTrue();
            var row = await RegisteredAsync(engine.Queue);
            if (fits(row))
                return row.GetString("Table");
        }
    }
}
