using FuncQueue.Functions.Access;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Dashboard;

internal static class DashboardServices
{
    /// <summary>The dashboard; what it needs of access must be there.</summary>
    public static IServiceCollection AddFuncQueueDashboard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(DashboardOptions.Read(configuration, EntraOptions.Read(configuration)));
        services.AddSingleton<DashboardFiles>();
        return services;
    }
}
