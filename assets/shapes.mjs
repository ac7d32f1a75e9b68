// The marks of the map, drawn on a canvas: status is told by shape as well as by colour, with an edge the colour of paper.
const PAPER = "#FAF8F3";

export function drawShape(shape, colour, ratio) {
  const side = 20 * ratio;
  const canvas = new OffscreenCanvas(side, side);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.translate(10, 10);
  pen.lineJoin = "round";
  const hatched = shape.endsWith("-hatched");
  path(pen, hatched ? shape.slice(0, -8) : shape);
  pen.strokeStyle = PAPER;
  pen.lineWidth = shape === "ring" ? 5.4 : 3;
  pen.stroke();
  pen.fillStyle = shape === "ring" || hatched ? "#FFFFFF" : colour;
  if (shape !== "cross") pen.fill();
  if (shape === "ring" || shape === "cross") { pen.strokeStyle = colour; pen.lineWidth = 2.2; pen.stroke(); }
  if (hatched) stripe(pen, colour);
  return pen.getImageData(0, 0, side, side);
}

// A predicted school: an outline filled with stripes, so that it is never taken for a reported one.
function stripe(pen, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  pen.stroke();
  pen.save();
  pen.clip();
  pen.beginPath();
  for (let x = -16; x <= 16; x += 4) { pen.moveTo(x - 8, 8); pen.lineTo(x + 8, -8); }
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.restore();
}

function path(pen, shape) {
  pen.beginPath();
  if (shape === "triangle") { pen.moveTo(0, -7); pen.lineTo(7, 5.6); pen.lineTo(-7, 5.6); pen.closePath(); }
  else if (shape === "square") pen.rect(-5.6, -5.6, 11.2, 11.2);
  else if (shape === "diamond") { pen.moveTo(0, -7.4); pen.lineTo(7.4, 0); pen.lineTo(0, 7.4); pen.lineTo(-7.4, 0); pen.closePath(); }
  else if (shape === "cross") { pen.moveTo(-4, -4); pen.lineTo(4, 4); pen.moveTo(4, -4); pen.lineTo(-4, 4); }
  else pen.arc(0, 0, shape === "ring" ? 5.4 : 6.2, 0, 2 * Math.PI);
}

// Diagonal lines, `apart` pixels from each other: too few reported. Dots: a signal could be had here.
export function drawHatch(ratio, colour, dots = false, apart = 8) {
  const side = apart * ratio;
  const canvas = new OffscreenCanvas(side, side);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 1.1;
  if (dots) { pen.globalAlpha = 0.55; pen.beginPath(); pen.arc(2, 2, 0.9, 0, 7); pen.arc(6, 6, 0.9, 0, 7); pen.fill(); }
  else { pen.beginPath(); for (const x of [-apart, 0, apart]) { pen.moveTo(x, apart); pen.lineTo(x + apart, 0); } pen.stroke(); }
  return pen.getImageData(0, 0, side, side);
}
