using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FuncQueue.Client.Hosting;

/// <summary>Whether the server says that it is well.</summary>
internal sealed class ServerHealthCheck(FuncQueueClient client) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var report = await client.Administration.GetHealthAsync(cancellationToken);
            return report.IsHealthy
                ? HealthCheckResult.Healthy(report.Detail)
                : new HealthCheckResult(context.Registration.FailureStatus, report.Detail);
        }
        catch (FuncQueueException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, failure.Message, failure);
        }
    }
}
