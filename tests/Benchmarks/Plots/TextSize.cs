using OxyPlot;

namespace FuncQueue.Benchmarks.Plots;

/// <summary>
/// How much room a text takes, whatever font a reader's browser has: rather too wide than too narrow, lest texts are cut off or overlap.
/// </summary>
internal sealed class TextSize : RenderContextBase
{
    /// <summary>Of the height of a font: the mean width of a letter of DejaVu Sans, which is the widest of the common ones.</summary>
    private const double Letter = 0.62;
    private const double BoldLetter = 0.72;
    private const double Line = 1;

    public override int ClipCount => 0;

    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight) =>
        string.IsNullOrEmpty(text)
            ? OxySize.Empty
            : new OxySize(text.Length * fontSize * (fontWeight > FontWeights.Normal ? BoldLetter : Letter), fontSize * Line);

    public override void DrawLine(
        IList<ScreenPoint> points,
        OxyColor stroke,
        double thickness,
        EdgeRenderingMode edgeRenderingMode,
        double[] dashArray,
        LineJoin lineJoin
    ) => throw Measures();

    public override void DrawPolygon(
        IList<ScreenPoint> points,
        OxyColor fill,
        OxyColor stroke,
        double thickness,
        EdgeRenderingMode edgeRenderingMode,
        double[] dashArray,
        LineJoin lineJoin
    ) => throw Measures();

    public override void DrawText(
        ScreenPoint p,
        string text,
        OxyColor fill,
        string fontFamily,
        double fontSize,
        double fontWeight,
        double rotation,
        HorizontalAlignment horizontalAlignment,
        VerticalAlignment verticalAlignment,
        OxySize? maxSize
    ) => throw Measures();

    public override void PushClip(OxyRect clippingRectangle) => throw Measures();

    public override void PopClip() => throw Measures();

    private static NotSupportedException Measures() => new("It measures, and draws nothing.");
}
