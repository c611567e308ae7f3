using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine;

/// <summary>Whether every account answers, and by the time that this process keeps.</summary>
internal static class HealthCheck
{
    public static async Task<HealthReport> RunAsync(DataAccounts accounts, EngineOptions options, CancellationToken cancellationToken)
    {
        try
        {
            // Only the first has a registry; the others answer that there is none.
            await Task.WhenAll(
                accounts.All.Select(a =>
                    new RegistryTable(a.Clients, options.RegistryTable).ReadAsync(RegistryKeys.SigningKey, cancellationToken)
                )
            );
        }
        catch (StorageFaultException exception)
        {
            return new HealthReport(false, $"Storage does not answer ({exception.Fault.Kind}).");
        }

        var offset = accounts.All.Select(a => a.Clients.Clock.Offset).FirstOrDefault(o => o != TimeSpan.Zero);
        return offset == TimeSpan.Zero
            ? new HealthReport(true, "Storage answers.")
            : new HealthReport(false, $"This process's clock is {offset.TotalSeconds:0.0} s off from storage's.");
    }
}
