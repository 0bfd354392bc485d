/** Runs in a thread of its own, beside the one that unpacks. */
import { parentPort, workerData } from 'node:worker_threads';
import { hashPieces, type SharedPieces } from './threadedHash.ts';

parentPort?.postMessage(hashPieces(workerData as SharedPieces));
