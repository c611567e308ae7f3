using System.Globalization;
using FuncQueue.Engine.Payloads;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// The storage accounts of a deployment. The first has the registry, which remembers of each queue the account that it lies in: an
/// account may be added at any time, and each queue stays where it is.
/// </summary>
internal sealed class DataAccounts
{
    private readonly IReadOnlyList<DataAccount> all;
    private readonly ILogger log;

    public DataAccounts(IReadOnlyList<StorageClients> clients, EngineOptions options, ILogger log)
    {
        this.log = log;
        if (clients.Count == 0)
            throw new ArgumentException("There is no storage account.", nameof(clients));
        if (clients.GroupBy(c => c.Address, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"The storage account {twice.Key} is listed twice.", nameof(clients));
        all = [.. clients.Select((c, i) => new DataAccount(i == 0 ? null : c.Address, c, new PayloadStore(c, options, log)))];
    }

    /// <summary>The account that the registry lies in.</summary>
    public DataAccount First => all[0];

    public IReadOnlyList<DataAccount> All => all;

    /// <summary>
    /// Where a new table goes: by its name, which is random, so that tables spread evenly and no two processes need agree.
    /// </summary>
    public DataAccount ForNew(string table) =>
        all[(int)(uint.Parse(table.AsSpan(1, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % (uint)all.Count)];

    /// <summary>The account that the registry calls so; a queue in one that is not configured cannot be reached.</summary>
    public DataAccount Find(string? name)
    {
        foreach (var account in all)
        {
            if (string.Equals(account.Name, name, StringComparison.OrdinalIgnoreCase))
                return account;
        }

        EngineLog.UnknownAccount(log, name!);
        throw new StorageFaultException(
            new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter),
            new InvalidOperationException($"The storage account {name} is not configured.")
        );
    }
}
